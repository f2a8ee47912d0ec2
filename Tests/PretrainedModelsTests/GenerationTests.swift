import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Training

/// Texts that small random decoders write, against Python's `generate`: scripts/fixtures/tiny_decoders.py.
@Suite(.serialized) struct GenerationTests {
    static let folders = TinyModelTests.folders.filter { $0.lastPathComponent == "causal-lm" }
    static let gpt2 = Fixtures.folder.appending(path: "tiny-models/gpt2/causal-lm")

    static func ids(_ value: JSONValue?) -> Tensor { Tensor(value?.arrayValue?.map(\.ints) ?? []) }

    private static func expected(_ folder: URL) throws -> JSONValue {
        let file = folder.appending(path: "expected.json")
        return try JSONValue(parsing: Data(contentsOf: file), source: file.path)
    }

    @Test(arguments: folders) func textsArePythons(_ folder: URL) throws {
        let golden = try Self.expected(folder)
        let model = try AutoModelForCausalLM.fromPretrained(folder: folder)
        let greedy = golden["greedy_generate"].map { [$0] } ?? []
        for expected in greedy + (golden["generations"]?.arrayValue ?? []) {
            var config = GenerationConfig()
            for (key, value) in (expected["config"]?.objectValue ?? expected.objectValue ?? JSONObject()).members
            where !["inputs", "sequences"].contains(key) { config[key] = value }
            if config["eos_token_id"] == .null { config.eosTokenId = [] }
            // Rotations that change with the length are kept in the cache as they were.
            for useCache in folder.path.contains("dynamic") ? [true] : [true, false] {
                config.useCache = useCache
                let made = try model.generate(
                    inputIds: Self.ids(expected["inputs"]?["input_ids"]),
                    attentionMask: Self.ids(expected["inputs"]?["attention_mask"]), config: config, seed: 5)
                #expect(
                    made.array(of: Int.self) == expected["sequences"]?.ints,
                    "\(folder.path) \(config.values) cache \(useCache)")
            }
        }
    }

    @Test(arguments: folders) func cachedLogitsEqualThoseOfTheWholeText(_ folder: URL) throws {
        let model = try AutoModelForCausalLM.fromPretrained(folder: folder)
        let ids = Tensor([[5, 9, 3, 7, 11, 4, 8, 6, 12], [9, 9, 5, 3, 8, 7, 6, 5, 4]])
        try noGrad {
            let whole = try model.scores(model.hiddenStates(DecoderInputs(inputIds: ids), cache: nil))
            let cache = KeyValueCache()
            var parts: [Tensor] = []
            for (start, length) in [(0, 4), (4, 1), (5, 3), (8, 1)] {
                let part = ids.narrow(dim: 1, start: start, length: length)
                parts.append(try model.scores(model.hiddenStates(DecoderInputs(inputIds: part), cache: cache)))
            }
            #expect(cache.length == 9)
            #expect(difference(Tensor.cat(parts, dim: 1).array(), whole.array()) < 1e-5)
        }
    }

    @Test func aLongTextOutgrowsTheCachesFirstRoom() throws {
        let config = try AutoConfig.fromPretrained(
            folder: Fixtures.folder.appending(path: "tiny-models/llama/causal-lm"))
        let model = try AutoModelForCausalLM.fromConfig(config)
        let ids = Tensor([[5, 9, 3]])
        func text(_ useCache: Bool) throws -> [Int] {
            try model.generate(
                inputIds: ids,
                config: GenerationConfig {
                    $0.maxNewTokens = 150
                    $0.eosTokenId = []
                    $0.useCache = useCache
                }
            ).array()
        }
        #expect(try text(true) == text(false))
    }

    @Test func tokensAreToldStepByStepAndWorkEndsWithTheLastRow() throws {
        let model = try AutoModelForCausalLM.fromPretrained(folder: Self.gpt2)
        let ids = Tensor([[5, 9, 3], [4, 4, 7]])
        let free = try model.generate(
            inputIds: ids,
            config: GenerationConfig {
                $0.maxNewTokens = 12
                $0.eosTokenId = []
            })
        let rows = (0..<2).map { free.select(dim: 0, index: $0).array(of: Int.self) }
        // Ends that come early in both rows.
        let ends = Array(Set(rows.map { $0[5] }))
        let config = GenerationConfig {
            $0.maxNewTokens = 12
            $0.eosTokenId = ends
            $0.padTokenId = 0
        }
        var steps: [[Int?]] = []
        let made = try model.generate(inputIds: ids, config: config) { steps.append($0) }
        #expect(made.size(1) == 3 + steps.count)
        #expect(steps.count <= 3)
        for (row, tokens) in rows.enumerated() {
            let told = steps.compactMap { $0[row] }
            #expect(told == Array(tokens[3..<3 + told.count]))
            #expect(ends.contains(told.last ?? -1))
            #expect(steps.dropFirst(told.count).allSatisfy { $0[row] == nil })
            #expect(
                made.select(dim: 0, index: row).array(of: Int.self).dropFirst(3 + told.count).allSatisfy { $0 == 0 })
        }
        struct Enough: Error {}
        #expect(throws: Enough.self) { _ = try model.generate(inputIds: ids, config: config) { _ in throw Enough() } }
        #expect(!model.training)
    }

    @Test func theModelsSettingsAreReadUsedAndSaved() throws {
        try Fixtures.withFolder { folder in
            let model = try AutoModelForCausalLM.fromPretrained(folder: Self.gpt2)
            #expect(model.generationConfig.eosTokenId == [39])
            model.generationConfig = GenerationConfig {
                $0.maxNewTokens = 4
                $0.eosTokenId = [38, 39]
                $0["bad_words_ids"] = .null
                $0["note"] = .string("kept")
            }
            try model.savePretrained(folder)
            let text = try String(contentsOf: folder.appending(path: "generation_config.json"), encoding: .utf8)
            #expect(
                text == """
                    {
                      "eos_token_id": [
                        38,
                        39
                      ],
                      "max_new_tokens": 4,
                      "note": "kept",
                      "transformers_version": "5.23.0"
                    }

                    """)
            let again = try AutoModelForCausalLM.fromPretrained(folder: folder)
            #expect(try again.generate(inputIds: Tensor([[5, 9]])).size(1) <= 6)
            try Data("[1]".utf8).write(to: folder.appending(path: "generation_config.json"))
            #expect(throws: PretrainedModelError.self) { try AutoModelForCausalLM.fromPretrained(folder: folder) }
        }
    }

    @Test(arguments: [
        ("num_beams", JSONValue.int(4)), ("stop_strings", .array([.string("x")])), ("top_p", .double(1.5)),
        ("temperature", .double(0)), ("max_new_tokens", .int(0)), ("max_new_tokens", .int(1000)),
        ("max_length", .int(2)), ("eos_token_id", .int(40)), ("num_return_sequences", .int(2)),
        ("do_sample", .string("yes")), ("repetition_penalty", .double(-1)), ("no_repeat_ngram_size", .int(-1)),
    ])
    func whatCannotBeIsNamed(_ key: String, _ value: JSONValue) throws {
        let model = try AutoModelForCausalLM.fromPretrained(folder: Self.gpt2)
        var config = GenerationConfig()
        config[key] = value
        let error = #expect(throws: PretrainedModelError.self) {
            _ = try model.generate(inputIds: Tensor([[5, 9]]), config: config)
        }
        #expect(error?.description.contains(key) == true, "\(error?.description ?? "")")
    }

    @Test func badTextsAreNamed() throws {
        let model = try AutoModelForCausalLM.fromPretrained(folder: Self.gpt2)
        func message(_ ids: Tensor, _ mask: Tensor? = nil) -> String {
            do {
                _ = try model.generate(inputIds: ids, attentionMask: mask)
                return ""
            } catch { return "\(error)" }
        }
        #expect(message(Tensor([[5, 40]])).contains("the token 40"))
        #expect(message(Tensor([5, 4])).contains("[2]"))
        #expect(message(Tensor.zeros([0, 3], dtype: .int64)).contains("[0, 3]"))
        #expect(message(Tensor([[5, 4]]), Tensor([[1]])).contains("attention_mask"))
        #expect(message(Tensor.ones([1, 30], dtype: .int64)).contains("24 positions"))
    }
}
