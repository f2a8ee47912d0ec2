internal import OrderedJSON

extension Tokenizer {
    /// All that decides which ids a text gets, as text: the content of `tokenizer.json`, and the settings that calls fall
    /// back on. Equal texts mean equal encodings; for keys of caches.
    public var content: String {
        let settings: JSONValue = [
            "model_max_length": modelMaxLength == .max ? .null : .int(modelMaxLength),
            "padding_side": .string(paddingSide.rawValue), "truncation_side": .string(truncationSide.rawValue),
            "pad_token_type_id": .int(padTokenTypeId), "special_tokens": .object(specialTokens.json),
        ]
        let format = JSONFormat(ensureASCII: false)
        return pipeline.json.serialized(format) + "\n" + settings.serialized(format)
    }
}
