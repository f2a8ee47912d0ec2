extension Tokenizer {
    /// The text of ids. Ids that are not used are passed over, as in Python.
    ///
    /// - Parameters:
    ///   - ids: the tokens' ids.
    ///   - skipSpecialTokens: whether `[CLS]`, padding and the like are left out.
    ///   - cleanUpTokenizationSpaces: whether the spaces before punctuation and in English contractions are taken out;
    ///     by default what `tokenizer_config.json` says, and otherwise not. It has no effect on a byte-pair encoding,
    ///     whose spaces are the text's own, as in Python.
    public func decode(
        _ ids: some Sequence<some BinaryInteger>, skipSpecialTokens: Bool = false,
        cleanUpTokenizationSpaces: Bool? = nil
    ) -> String {
        let tokens = ids.compactMap { id -> String? in
            guard let id = Int(exactly: id) else { return nil }
            return skipSpecialTokens && table.isSpecial(id) ? nil : table.token(id)
        }
        let text = pipeline.decoder?.decode(tokens) ?? tokens.joined(separator: " ")
        let cleansUp = cleanUpTokenizationSpaces ?? configuration.cleanUpTokenizationSpaces
        guard cleansUp, !(pipeline.model is BPE) || configuration.cleanUpTokenizationSpacesForBPE else { return text }
        return WordPieceDecoder.cleanUp(text)
    }

    /// The text of tokens, as Python's `convert_tokens_to_string`.
    public func convertTokensToString(_ tokens: [String]) -> String {
        pipeline.decoder?.decode(tokens) ?? tokens.joined(separator: " ")
    }

    /// What the tokens inside a word begin with, such as `##`; nil for a model that does not mark them.
    public var continuingSubwordPrefix: String? {
        switch pipeline.model {
        case let model as WordPiece: model.continuingSubwordPrefix
        case let model as BPE: model.settings.continuingSubwordPrefix
        default: nil
        }
    }

    /// The text of each list of ids.
    public func batchDecode(
        _ batch: [[Int32]], skipSpecialTokens: Bool = false, cleanUpTokenizationSpaces: Bool? = nil
    ) -> [String] {
        batch.map {
            decode(
                $0, skipSpecialTokens: skipSpecialTokens, cleanUpTokenizationSpaces: cleanUpTokenizationSpaces)
        }
    }
}
