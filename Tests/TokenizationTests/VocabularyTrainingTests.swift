import Foundation
import OrderedJSON
import Testing
import Tokenization

/// Vocabularies against those that the peer's trainers learn (`scripts/fixtures/tokenization_training.py`).
@Suite struct VocabularyTrainingTests {
    static let folder = TestFiles.fixtures.appendingPathComponent("training")
    static let corpus = folder.appendingPathComponent("corpus.txt")

    static func records(_ name: String) throws -> [JSONValue] {
        try Data(contentsOf: folder.appendingPathComponent(name)).split(separator: 0x0A).map {
            try JSONValue(parsing: Data($0))
        }
    }

    static func lines() throws -> [String] {
        var lines: [String] = []
        // A carriage return within a line belongs to it.
        try TextLines([corpus], keepsLineEndings: true).forEach { lines.append(String($0.unicodeScalars.dropLast())) }
        return lines
    }

    @Test("trainers learn the peer's vocabularies", arguments: 0..<22)
    func golden(number: Int) throws {
        let records = try Self.records("cases.jsonl")
        #expect(records.count == 22)
        let record = records[number]
        var blueprint = TokenizerBlueprint()
        blueprint.preTokenizer = try Self.part(record["pre_tokenizer"]).map(PreTokenization.init(json:))
        blueprint.normalizer = try Self.part(record["normalizer"]).map(Normalization.init(json:))
        let options = try #require(record["options"]?.objectValue)
        let type = record["type"]?.stringValue
        let tokenizer =
            switch type {
            case "BPE": try Self.train(blueprint, Self.bpe(options), record)
            case "WordPiece": try Self.train(blueprint, Self.wordPiece(options), record)
            case "WordLevel": try Self.train(blueprint, Self.wordLevel(options), record)
            default: try Self.train(blueprint, Self.unigram(options), record)
            }
        let model = try #require(try Self.content(tokenizer)["model"])
        let expected = try #require(record["model"])
        Self.compare(model, expected, record["compare"]?.stringValue ?? "", "case \(number)")
    }

    static func part(_ value: JSONValue?) -> String? { value == .null ? nil : value?.serialized() }

    static func train(
        _ blueprint: TokenizerBlueprint, _ trainer: some VocabularyTrainer, _ record: JSONValue
    ) throws -> Tokenizer {
        record["files"]?.boolValue == true
            ? try blueprint.train(files: [corpus], trainer: trainer)
            : try blueprint.train(lines(), trainer: trainer)
    }

    /// `tokenizer.json` as it is saved.
    static func content(_ tokenizer: Tokenizer) throws -> JSONValue {
        try TestFiles.withTemporaryFolder { folder in
            try tokenizer.savePretrained(folder)
            return try JSONValue(parsing: Data(contentsOf: folder.appendingPathComponent("tokenizer.json")))
        }
    }

    static func compare(_ model: JSONValue, _ expected: JSONValue, _ how: String, _ place: String) {
        if how == "scores" {
            let (ours, peers) = (scores(model), scores(expected))
            #expect(Set(ours.keys) == Set(peers.keys), "\(place)")
            for (token, score) in peers {
                // Characters that no piece holds differ by the peer's random order.
                #expect(abs((ours[token] ?? .nan) - score) < 0.02, "\(place): \(token)")
            }
            #expect(model["unk_id"] == expected["unk_id"], "\(place)")
            return
        }
        let tokens = (model["vocab"]?.objectValue?.members ?? []).sorted {
            ($0.value.intValue ?? 0) < ($1.value.intValue ?? 0)
        }
        .map { JSONValue.string($0.key) }
        let peers = expected["vocab"]?.arrayValue ?? []
        if how == "tokens" {
            // Two runs of the peer differ from each other in a few tokens.
            let common = Set(tokens).intersection(peers).count
            #expect(common * 100 >= 98 * max(tokens.count, peers.count), "\(place): \(common) of \(peers.count)")
            return
        }
        #expect(tokens.count == peers.count, "\(place)")
        let difference = zip(tokens, peers).enumerated().first { $0.element.0 != $0.element.1 }
        #expect(difference == nil, "\(place): \(String(describing: difference))")
        for key in [
            "merges", "continuing_subword_prefix", "end_of_word_suffix", "unk_token", "max_input_chars_per_word",
        ] {
            #expect(model[key] == expected[key], "\(place): \(key)")
        }
    }

    private static func scores(_ model: JSONValue) -> [String: Double] {
        Dictionary(
            (model["vocab"]?.arrayValue ?? []).compactMap { entry in
                guard let pair = entry.arrayValue, let token = pair[0].stringValue else { return nil }
                return (token, pair[1].doubleValue ?? .nan)
            }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: The trainers of the fixtures

    static func specials(_ options: JSONObject, _ key: String = "special_tokens") -> [SpecialToken] {
        (options[key]?.arrayValue ?? []).compactMap { $0.stringValue.map { SpecialToken($0) } }
    }

    private static func alphabet(_ options: JSONObject) -> Set<Unicode.Scalar> {
        // As in Python, the first character of each string.
        Set((options["initial_alphabet"]?.arrayValue ?? []).compactMap { $0.stringValue?.unicodeScalars.first })
    }

    private static func bpe(_ options: JSONObject) -> BpeTrainer {
        BpeTrainer(
            vocabSize: options["vocab_size"]?.intValue ?? 30_000, minFrequency: options["min_frequency"]?.intValue ?? 0,
            specialTokens: specials(options), limitAlphabet: options["limit_alphabet"]?.intValue,
            initialAlphabet: alphabet(options),
            continuingSubwordPrefix: options["continuing_subword_prefix"]?.stringValue,
            endOfWordSuffix: options["end_of_word_suffix"]?.stringValue,
            maxTokenLength: options["max_token_length"]?.intValue)
    }

    private static func wordPiece(_ options: JSONObject) -> WordPieceTrainer {
        WordPieceTrainer(
            vocabSize: options["vocab_size"]?.intValue ?? 30_000, minFrequency: options["min_frequency"]?.intValue ?? 0,
            specialTokens: specials(options))
    }

    private static func wordLevel(_ options: JSONObject) -> WordLevelTrainer {
        WordLevelTrainer(
            vocabSize: options["vocab_size"]?.intValue ?? 30_000, minFrequency: options["min_frequency"]?.intValue ?? 0,
            specialTokens: specials(options))
    }

    private static func unigram(_ options: JSONObject) -> UnigramTrainer {
        UnigramTrainer(
            vocabSize: options["vocab_size"]?.intValue ?? 8000, specialTokens: specials(options),
            initialAlphabet: alphabet(options), shrinkingFactor: options["shrinking_factor"]?.doubleValue ?? 0.75,
            unkToken: options["unk_token"]?.stringValue, maxPieceLength: options["max_piece_length"]?.intValue ?? 16,
            nSubIterations: options["n_sub_iterations"]?.intValue ?? 2)
    }

    // MARK: Whole tokenizers

    @Test("a tokenizer with a new vocabulary is the peer's", arguments: 0..<4)
    func trainNewFromIterator(number: Int) throws {
        let record = try Self.records("retrained.jsonl")[number]
        let old = try Tokenizer(
            folder: TestFiles.fixtures.appendingPathComponent(record["folder"]?.stringValue ?? ""))
        let options = try #require(record["options"]?.objectValue)
        let names = options["special_tokens_map"]?.objectValue?.members ?? []
        let new = try old.trainNewFromIterator(
            Self.lines(), vocabSize: options["vocab_size"]?.intValue ?? 0,
            newSpecialTokens: Self.specials(options, "new_special_tokens"),
            specialTokensMap: Dictionary(uniqueKeysWithValues: names.map { ($0.key, $0.value.stringValue ?? "") }))
        let content = try Self.content(new)
        let expected = try #require(record["tokenizer"])
        for key in ["added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder"] {
            #expect(content[key] == expected[key], "\(key)")
        }
        Self.compare(
            try #require(content["model"]), try #require(expected["model"]), record["compare"]?.stringValue ?? "",
            record["folder"]?.stringValue ?? "")
        for (role, token) in record["specials"]?.objectValue?.members ?? [] {
            let ours: String? =
                switch role {
                case "bos_token": new.specialTokens.bosToken
                case "eos_token": new.specialTokens.eosToken
                case "unk_token": new.specialTokens.unkToken
                case "sep_token": new.specialTokens.sepToken
                case "pad_token": new.specialTokens.padToken
                case "cls_token": new.specialTokens.clsToken
                default: new.specialTokens.maskToken
                }
            #expect(ours == token.stringValue, "\(role)")
        }
    }

    @Test("blueprints make the peer's files")
    func blueprints() throws {
        let records = try Self.records("blueprints.jsonl")
        let roberta = try TokenizerBlueprint.roberta.train(
            files: [Self.corpus],
            trainer: BpeTrainer(vocabSize: 600, minFrequency: 2, initialAlphabet: BpeTrainer.byteLevelAlphabet))
        #expect(try Self.content(roberta) == records[0]["tokenizer"])
        let t5 = try TokenizerBlueprint.t5.train(
            files: [Self.corpus], trainer: UnigramTrainer(vocabSize: 400, unkToken: "<unk>"))
        let content = try Self.content(t5)
        let expected = try #require(records[1]["tokenizer"])
        for key in ["added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder"] {
            #expect(content[key] == expected[key], "\(key)")
        }
        Self.compare(try #require(content["model"]), try #require(expected["model"]), "scores", "t5")
    }
}
