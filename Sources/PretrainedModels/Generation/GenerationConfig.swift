public import Foundation
public import OrderedJSON
import Training

/// How a text is generated: Python's `GenerationConfig`. What is nil here is taken from the model's `generationConfig`, then
/// from Python's defaults.
///
/// ```swift
/// let config = GenerationConfig { $0.maxNewTokens = 50; $0.doSample = true; $0.topP = 0.9 }
/// ```
public struct GenerationConfig: Sendable, Hashable {
    /// All keys and values, in Python's names; those this package does not know survive loading and saving.
    public private(set) var values: JSONObject
    /// Where it came from, for messages.
    public private(set) var source = "the generation configuration"

    /// - Parameter configure: Sets what is to differ.
    public init(_ configure: (inout GenerationConfig) -> Void = { _ in }) {
        values = JSONObject()
        configure(&self)
    }

    public subscript(key: String) -> JSONValue? {
        get { values[key] }
        set { values[key] = newValue }
    }

    /// The most tokens of a row, those given included. `maxNewTokens` comes before it.
    public var maxLength: Int? {
        get { self["max_length"]?.intValue }
        set { self["max_length"] = newValue.map { .int($0) } }
    }
    /// The most tokens to generate. Default: 20, where `maxLength` is not set either.
    public var maxNewTokens: Int? {
        get { self["max_new_tokens"]?.intValue }
        set { self["max_new_tokens"] = newValue.map { .int($0) } }
    }
    /// The fewest tokens of a row, those given included, before it may end.
    public var minLength: Int? {
        get { self["min_length"]?.intValue }
        set { self["min_length"] = newValue.map { .int($0) } }
    }
    /// The fewest tokens to generate before a row may end.
    public var minNewTokens: Int? {
        get { self["min_new_tokens"]?.intValue }
        set { self["min_new_tokens"] = newValue.map { .int($0) } }
    }
    /// Whether tokens are drawn by their probability; by default the likeliest is taken.
    public var doSample: Bool? {
        get { self["do_sample"]?.boolValue }
        set { self["do_sample"] = newValue.map { .bool($0) } }
    }
    /// Scores are divided by this before sampling: below 1 for likelier texts. Default 1.
    public var temperature: Double? {
        get { self["temperature"]?.doubleValue }
        set { self["temperature"] = newValue.map { .double($0) } }
    }
    /// Only so many of the likeliest tokens are drawn from; 0: all. Default 50.
    public var topK: Int? {
        get { self["top_k"]?.intValue }
        set { self["top_k"] = newValue.map { .int($0) } }
    }
    /// Only the likeliest tokens whose probabilities add up to this are drawn from. Default 1: all.
    public var topP: Double? {
        get { self["top_p"]?.doubleValue }
        set { self["top_p"] = newValue.map { .double($0) } }
    }
    /// Only tokens with at least this share of the likeliest one's probability are drawn from.
    public var minP: Double? {
        get { self["min_p"]?.doubleValue }
        set { self["min_p"] = newValue.map { .double($0) } }
    }
    /// Above 1, tokens that occur already become less likely. Default 1.
    public var repetitionPenalty: Double? {
        get { self["repetition_penalty"]?.doubleValue }
        set { self["repetition_penalty"] = newValue.map { .double($0) } }
    }
    /// No sequence of so many tokens occurs twice; 0: no such rule.
    public var noRepeatNgramSize: Int? {
        get { self["no_repeat_ngram_size"]?.intValue }
        set { self["no_repeat_ngram_size"] = newValue.map { .int($0) } }
    }
    /// Tokens that end a row. An empty list: none does, whatever the model's configuration says.
    public var eosTokenId: [Int]? {
        get {
            if let ids = self["eos_token_id"]?.arrayValue { return ids.compactMap(\.intValue) }
            return self["eos_token_id"]?.intValue.map { [$0] }
        }
        set { self["eos_token_id"] = newValue.map { $0.count == 1 ? .int($0[0]) : .array($0.map { .int($0) }) } }
    }
    /// What follows the end of a row. Default: the first token that ends one.
    public var padTokenId: Int? {
        get { self["pad_token_id"]?.intValue }
        set { self["pad_token_id"] = newValue.map { .int($0) } }
    }
    /// How many texts are generated for each row given, one below the other. Default 1; more need `doSample`.
    public var numReturnSequences: Int? {
        get { self["num_return_sequences"]?.intValue }
        set { self["num_return_sequences"] = newValue.map { .int($0) } }
    }
    /// Whether keys and values are kept from token to token. Default true.
    public var useCache: Bool? {
        get { self["use_cache"]?.boolValue }
        set { self["use_cache"] = newValue.map { .bool($0) } }
    }
}

extension GenerationConfig {
    /// `generation_config.json`
    public static let fileName = "generation_config.json"

    /// Reads a model folder's file.
    ///
    /// - Returns: nil where there is none.
    /// - Throws: ``PretrainedModelError``, `JSONError`.
    public init?(folder: URL) throws {
        let file = folder.appending(path: Self.fileName)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        guard let data = try? Data(contentsOf: file) else {
            throw PretrainedModelError.configuration(file.path, "it cannot be read")
        }
        guard let object = try JSONValue(parsing: data, source: file.path).objectValue else {
            throw PretrainedModelError.configuration(file.path, "it holds no JSON object")
        }
        values = object
        source = file.path
    }

    /// What a model's own configuration says about generation: its special tokens.
    public init(modelConfiguration config: ModelConfiguration) {
        values = JSONObject()
        values["_from_model_config"] = .bool(true)
        for key in ["bos_token_id", "eos_token_id", "pad_token_id", "use_cache"] {
            if let value = config[key], value != .null { values[key] = value }
        }
    }

    /// The file's text as Python writes it: sorted keys, two spaces.
    public var fileContents: Data {
        var written = JSONObject()
        for (key, value) in values.members where value != .null { written[key] = value }
        written["transformers_version"] = .string("5.23.0")
        return Data((JSONValue.object(written).serialized(JSONFormat(indent: 2, sortKeys: true)) + "\n").utf8)
    }

    /// This, and where it says nothing what `defaults` says.
    func over(_ defaults: GenerationConfig) -> GenerationConfig {
        var result = defaults
        for (key, value) in values.members where value != .null { result[key] = value }
        return result
    }
}
