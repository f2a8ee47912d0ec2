import OrderedJSON
import Training

/// A ``GenerationConfig`` with every value settled and checked.
struct GenerationRules {
    let maxNewTokens: Int
    let minNewTokens: Int
    let doSample: Bool
    let temperature: Double
    let topK: Int
    let topP: Double
    let minP: Double?
    let repetitionPenalty: Double
    let noRepeatNgramSize: Int
    let renormalizes: Bool
    let eosTokenIds: [Int]
    /// The padding token where one is configured.
    let givenPadTokenId: Int?
    /// What follows the end of a row.
    let padTokenId: Int
    let numReturnSequences: Int
    let useCache: Bool

    /// - Parameters:
    ///   - config: A call's values over the model's.
    ///   - promptLength: Tokens of the rows given.
    ///   - positions: The number of learned positions; nil: no limit.
    ///   - vocabulary: Number of tokens.
    /// - Throws: ``PretrainedModelError`` that names key and value.
    init(_ config: GenerationConfig, promptLength: Int, positions: Int?, vocabulary: Int) throws {
        try config.checkSupported()
        let values = ModelConfiguration(config.values, source: config.source)
        maxNewTokens = try Self.newTokens(values, promptLength, positions)
        let minLength = try values.int("min_length", default: 0, in: 0...(1 << 30))
        let minNew = try values.int("min_new_tokens", default: 0, in: 0...(1 << 30))
        minNewTokens = max(minNew, minLength - promptLength)
        doSample = try values.bool("do_sample", default: false)
        temperature = try values.double("temperature", default: 1, in: 1e-6...1e6)
        topK = try values.int("top_k", default: 50, in: 0...(1 << 30))
        topP = try values.double("top_p", default: 1, in: 0...1)
        minP = values["min_p"] ?? .null == .null ? nil : try values.double("min_p", default: 0, in: 0...1)
        repetitionPenalty = try values.double("repetition_penalty", default: 1, in: 1e-6...1e6)
        noRepeatNgramSize = try values.int("no_repeat_ngram_size", default: 0, in: 0...(1 << 30))
        renormalizes = try values.bool("renormalize_logits", default: false)
        eosTokenIds = try Self.endTokens(values, vocabulary)
        givenPadTokenId = try values.optionalInt("pad_token_id", default: nil)
        padTokenId = givenPadTokenId ?? eosTokenIds.first ?? 0
        numReturnSequences = try values.int("num_return_sequences", default: 1, in: 1...(1 << 20))
        useCache = try values.bool("use_cache", default: true)
        if numReturnSequences > 1, !doSample {
            throw values.invalid(
                "num_return_sequences", .int(numReturnSequences),
                "without do_sample all sequences would be alike")
        }
    }

    private static func newTokens(_ values: ModelConfiguration, _ promptLength: Int, _ positions: Int?) throws -> Int {
        func isSet(_ key: String) -> Bool { values[key] ?? .null != .null }
        if isSet("max_new_tokens") {
            let count = try values.int("max_new_tokens", default: 20, in: 1...(1 << 30))
            try checkRoom(promptLength, count, positions, values)
            return count
        }
        guard isSet("max_length") else {
            let room = positions.map { $0 - promptLength } ?? 20
            try checkRoom(promptLength, 1, positions, values)
            return min(20, max(room, 1))
        }
        let length = try values.int("max_length", default: 20, in: 1...(1 << 30))
        guard length > promptLength else {
            throw values.invalid(
                "max_length", .int(length), "the text given has \(promptLength) tokens already; set max_new_tokens")
        }
        try checkRoom(promptLength, length - promptLength, positions, values)
        return length - promptLength
    }

    /// The last token that is generated needs no position of its own.
    private static func checkRoom(_ prompt: Int, _ new: Int, _ positions: Int?, _ values: ModelConfiguration) throws {
        guard let positions, prompt + new - 1 > positions else { return }
        throw PretrainedModelError.argument(
            "\(prompt) tokens and \(new) new ones are more than the model's \(positions) positions allow; "
                + "shorten the text or lower max_new_tokens")
    }

    private static func endTokens(_ values: ModelConfiguration, _ vocabulary: Int) throws -> [Int] {
        guard let value = values["eos_token_id"], value != .null else { return [] }
        let ids = (value.arrayValue ?? [value]).map(\.intValue)
        let valid = ids.compactMap { id in id.flatMap { (0..<vocabulary).contains($0) ? $0 : nil } }
        guard valid.count == ids.count else {
            throw values.invalid("eos_token_id", value, "the vocabulary has \(vocabulary) tokens")
        }
        return valid
    }
}

extension GenerationConfig {
    /// Options that change the text and are not supported, with the values at which they do nothing.
    private static let unsupported: [(key: String, neutral: [JSONValue])] = [
        ("num_beams", [.int(1)]), ("num_beam_groups", [.int(1)]), ("penalty_alpha", [.int(0), .double(0)]),
        ("typical_p", [.int(1), .double(1)]), ("epsilon_cutoff", [.int(0), .double(0)]),
        ("eta_cutoff", [.int(0), .double(0)]), ("top_h", []), ("bad_words_ids", []), ("forced_bos_token_id", []),
        ("forced_eos_token_id", []), ("remove_invalid_values", [.bool(false)]),
        ("exponential_decay_length_penalty", []), ("suppress_tokens", []), ("begin_suppress_tokens", []),
        ("sequence_bias", []), ("token_healing", [.bool(false)]), ("guidance_scale", [.int(1), .double(1)]),
        ("watermarking_config", []), ("stop_strings", []), ("max_time", []), ("constraints", []),
        ("force_words_ids", []), ("encoder_repetition_penalty", [.int(1), .double(1)]),
        ("encoder_no_repeat_ngram_size", [.int(0)]), ("dola_layers", []), ("prompt_lookup_num_tokens", []),
        ("assistant_early_exit", []), ("use_mtp", [.bool(false)]), ("is_assistant", [.bool(false)]),
        ("diversity_penalty", [.int(0), .double(0)]), ("output_scores", [.bool(false)]),
        ("output_logits", [.bool(false)]), ("output_attentions", [.bool(false)]),
        ("output_hidden_states", [.bool(false)]), ("return_dict_in_generate", [.bool(false)]),
    ]

    /// - Throws: ``PretrainedModelError`` that names the option.
    fileprivate func checkSupported() throws {
        for (key, neutral) in Self.unsupported {
            guard let value = self[key], value != .null, !neutral.contains(value) else { continue }
            throw PretrainedModelError.configuration(
                source, "\(key) is \(value.serialized(.compact)): this way of generating is not supported")
        }
    }
}

extension ModelConfiguration {
    fileprivate func bool(_ key: String, default fallback: Bool) throws -> Bool {
        guard let value = self[key], value != .null else { return fallback }
        guard let flag = value.boolValue else { throw invalid(key, value, "true or false is expected") }
        return flag
    }
}
