import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Training

/// Decoders: initial weights and errors. Their numbers are in ``TinyModelTests``, their texts in ``GenerationTests``, their
/// training in ``CausalTrainingTests``. Fixtures: scripts/fixtures/tiny_decoders.py.
@Suite(.serialized) struct DecoderTests {
    /// `family/head` of each model that goes to Python with new weights.
    static let names: [String] =
        (try? Fixtures.json("decoders/initial.json").arrayValue)?.map {
            "\($0["family"]?.stringValue ?? "")/\($0["head"]?.stringValue ?? "")"
        }
        // With those weights rounding alone, ours and Python's, makes 2e-5 of its results.
        .filter { $0 != "gpt2.scaled/causal-lm" } ?? []

    private static func config(_ family: String, _ head: String = "causal-lm") throws -> ModelConfiguration {
        try AutoConfig.fromPretrained(folder: Fixtures.folder.appending(path: "tiny-models/\(family)/\(head)"))
    }

    private static func make(_ head: String, _ config: ModelConfiguration) throws -> HeadedModel {
        switch head {
        case "sequence-classification": try AutoModelForSequenceClassification.fromConfig(config)
        case "token-classification": try AutoModelForTokenClassification.fromConfig(config)
        case "question-answering": try AutoModelForQuestionAnswering.fromConfig(config)
        default: try AutoModelForCausalLM.fromConfig(config)
        }
    }

    /// FNV-1a of names and bytes.
    private static func digest(_ model: Module) -> String {
        var total: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { total = (total ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        for (name, tensor) in model.namedParameters() {
            add(name.utf8)
            tensor.detach().array(of: Float.self).withUnsafeBytes { add($0) }
        }
        let text = String(total, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    @Test func newWeightsArePythonsBitForBit() throws {
        Warnings.send { _ in }
        for entry in try Fixtures.json("decoders/initial.json").arrayValue ?? [] {
            let head = entry["head"]?.stringValue ?? ""
            let name: Comment = "\(entry["family"]?.stringValue ?? "") \(head)"
            let config = ModelConfiguration(try #require(entry["config"]?.objectValue))
            manualSeed(7)
            #expect(Self.digest(try Self.make(head, config)) == entry["whole"]?.stringValue, name)
            manualSeed(3)
            let bare = try AutoModel.fromConfig(config)
            #expect(Self.digest(bare) == entry["bare"]?.stringValue, name)
            try Fixtures.withFolder { root in
                // The loader of ``TinyModelTests`` goes by the folder's name.
                let folder = root.appending(path: head)
                try bare.savePretrained(folder)
                manualSeed(7)
                #expect(Self.digest(try TinyModelTests.load(folder)) == entry["loaded"]?.stringValue, name)
            }
        }
    }

    @Test(arguments: [
        ("llama", "num_attention_heads", JSONValue.int(3)), ("llama", "num_key_value_heads", .int(3)),
        ("llama", "num_attention_heads", .int(0)), ("llama", "head_dim", .int(3)), ("llama", "hidden_size", .int(-16)),
        ("llama", "vocab_size", .int(1 << 40)), ("llama", "pad_token_id", .int(40)),
        ("llama", "hidden_act", .string("x")),
        ("llama", "rope_parameters", .string("x")), ("llama", "attention_dropout", .double(1.5)),
        ("llama", "rms_norm_eps", .double(-1)), ("llama", "num_hidden_layers", .int(100_000)),
        ("qwen2", "layer_types", .array([.string("full_attention")])), ("mistral", "sliding_window", .int(0)),
        ("gpt2", "n_head", .int(3)), ("gpt2", "n_positions", .int(0)), ("gpt2", "add_cross_attention", .bool(true)),
        ("gpt2", "n_embd", .double(1.5)),
    ])
    func impossibleSettingsAreNamed(_ family: String, _ key: String, _ value: JSONValue) throws {
        var config = try Self.config(family)
        config["head_dim"] = family == "llama" ? nil : config["head_dim"]
        config[key] = value
        let error = #expect(throws: PretrainedModelError.self) { _ = try AutoModelForCausalLM.fromConfig(config) }
        #expect(error?.description.contains(key) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: [
        ("{\"rope_type\": \"longrope\", \"factor\": 2.0}", "supported: default, linear, dynamic, llama3, yarn"),
        ("{\"rope_type\": \"linear\"}", "factor is missing"),
        ("{\"rope_type\": \"default\", \"partial_rotary_factor\": 0.5}", "partial_rotary_factor"),
        (
            "{\"rope_type\": \"llama3\", \"factor\": 8.0, \"low_freq_factor\": 4.0, \"high_freq_factor\": 1.0}",
            "high_freq"
        ),
        ("{\"full_attention\": {\"rope_type\": \"default\"}}", "differ between layers"),
    ])
    func rotationsThatAreNotSupportedAreNamed(_ text: String, _ reason: String) throws {
        var config = try Self.config("llama")
        config["rope_parameters"] = try JSONValue(parsing: Data(text.utf8), source: "test")
        let error = #expect(throws: PretrainedModelError.self) { _ = try AutoModelForCausalLM.fromConfig(config) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func theOlderSpellingOfRotationsIsRead() throws {
        var config = try Self.config("llama.linear")
        let model = try AutoModelForCausalLM.fromConfig(config)
        config["rope_parameters"] = nil
        config["rope_theta"] = .double(500)
        config["rope_scaling"] = .object(
            try #require(
                try JSONValue(parsing: Data(#"{"type": "linear", "factor": 3.0}"#.utf8), source: "").objectValue))
        let older = try AutoModelForCausalLM.fromConfig(config)
        try older.loadStateDict(model.stateDict())
        let batch = Batch([(.inputIds, Tensor([[5, 9, 3, 7]]))])
        let logits = try [model, older].map { try #require(try $0.forward(batch).logits).array(of: Float.self) }
        #expect(logits[0] == logits[1])
    }

    @Test(arguments: ["t5", "bart", "future"]) func encoderDecodersAreRefusedByName(_ type: String) {
        var config = ModelConfiguration()
        config["model_type"] = .string(type)
        config["is_encoder_decoder"] = .bool(true)
        let error = #expect(throws: PretrainedModelError.self) { _ = try AutoModelForCausalLM.fromConfig(config) }
        #expect(error?.description.contains("'\(type)' reads with an encoder and writes with a decoder") == true)
    }

    @Test func aRowBeyondThePositionsIsNamed() throws {
        let batch = Batch([(.inputIds, Tensor.ones([1, 25], dtype: .int64))])
        let gpt2 = try AutoModelForCausalLM.fromConfig(Self.config("gpt2"))
        #expect(gpt2.maxInputLength == 24)
        let error = #expect(throws: PretrainedModelError.self) { _ = try gpt2.forward(batch) }
        #expect(error?.description.contains("25 tokens is longer than the model's 24 positions") == true)
        // Rotations are computed for any position, as in Python.
        let llama = try AutoModelForCausalLM.fromConfig(Self.config("llama"))
        #expect(try llama.forward(batch).logits?.shape == [1, 25, 40])
        #expect(llama.maxInputLength == 24)
        #expect(try AutoModelForCausalLM.fromConfig(Self.config("llama.dynamic")).maxInputLength == nil)
    }

    @Test func severalRowsNeedAPaddingToken() throws {
        var config = try Self.config("gpt2", "sequence-classification")
        config["pad_token_id"] = .null
        let model = try AutoModelForSequenceClassification.fromConfig(config)
        let row = Batch([(.inputIds, Tensor([[5, 9, 3]]))])
        #expect(try model.forward(row).logits?.shape == [1, 3])
        let rows = Batch([(.inputIds, Tensor([[5, 9, 3], [5, 9, 3]]))])
        let error = #expect(throws: PretrainedModelError.self) { _ = try model.forward(rows) }
        #expect(error?.description.contains("pad_token_id") == true)
    }

    @Test func labelsAreCountedFromTheSecond() throws {
        let model = try AutoModelForCausalLM.fromConfig(Self.config("gpt2"))
        let labels = Tensor([[5, -100, 3, 7], [-100, 9, -100, -100]])
        #expect(model.labelCount(Batch([(.inputIds, labels.clamp(min: 0)), (.labels, labels)])) == 3)
        let odd = Batch([(.inputIds, Tensor([[5, 9, 3]])), (.labels, Tensor([[5, 9]]))])
        #expect(throws: PretrainedModelError.self) { _ = try model.forward(odd) }
    }

    @Test(arguments: ["gpt2", "llama"]) func theReferenceDrawsWhatPythonDraws(_ family: String) throws {
        let folder = Fixtures.folder.appending(path: "tiny-models/\(family)/causal-lm")
        let golden = try Fixtures.json("tiny-models/\(family)/causal-lm/expected.json")
        let wanted = try #require(golden["dropout"])
        let overrides = try #require(wanted["config"]?.objectValue).members.map { ($0.key, $0.value) }
        let model = try TinyModelTests.load(folder, config: Dictionary(overrides) { _, last in last }).train()
        manualSeed(5)
        let batch = try TinyModelTests.batch(try #require(golden["cases"]?["right_padded"]), fast: false)
        let loss = try #require(try model.forward(batch).loss)
        #expect(difference([loss.item()], wanted["loss"]?.doubles ?? []) < 1e-5)
        #expect(randomProbe() == wanted["probe"]?.intValue)
    }

    @Test(arguments: ["gpt2", "llama"]) func layersMayBeComputedAgain(_ family: String) throws {
        let folder = Fixtures.folder.appending(path: "tiny-models/\(family)/causal-lm")
        let ids = Tensor([[5, 9, 3, 7], [4, 8, 8, 6]])
        func gradients(_ options: ActivationCheckpointingOptions?) throws -> [Double] {
            let model = try AutoModelForCausalLM.fromPretrained(folder: folder).train()
            (model as? any ActivationCheckpointingModel)?.activationCheckpointing = options
            let loss = try #require(try model.forward(Batch([(.inputIds, ids), (.labels, ids)])).loss)
            try withTorchErrors { loss.backward() }
            return model.parameters().map { $0.grad?.linalgVectorNorm().item() ?? -1 }
        }
        #expect(difference(try gradients(ActivationCheckpointingOptions()), try gradients(nil)) < 1e-6)
    }
}
