extension Tokenizer {
    /// The text of ids. Ids that are not used are passed over, as in Python.
    ///
    /// - Parameters:
    ///   - ids: the tokens' ids.
    ///   - skipSpecialTokens: whether `[CLS]`, padding and the like are left out.
    public func decode(_ ids: some Sequence<some BinaryInteger>, skipSpecialTokens: Bool = false) -> String {
        let tokens = ids.compactMap { id -> String? in
            guard let id = Int(exactly: id) else { return nil }
            return skipSpecialTokens && table.isSpecial(id) ? nil : table.token(id)
        }
        let text = pipeline.decoder?.decode(tokens) ?? tokens.joined(separator: " ")
        return configuration.cleanUpTokenizationSpaces ? WordPieceDecoder.cleanUp(text) : text
    }

    /// The text of each list of ids.
    public func batchDecode(_ batch: [[Int32]], skipSpecialTokens: Bool = false) -> [String] {
        batch.map { decode($0, skipSpecialTokens: skipSpecialTokens) }
    }
}
