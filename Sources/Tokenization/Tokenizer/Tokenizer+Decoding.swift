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
        return cleansUpSpaces ? WordPieceDecoder.cleanUp(text) : text
    }

    /// Whether spaces before punctuation are taken out: not after BPE, whose spaces are the text's own, unless the files
    /// insist on it, as in Python.
    private var cleansUpSpaces: Bool {
        configuration.cleanUpTokenizationSpaces
            && (!(pipeline.model is BPE) || configuration.cleanUpTokenizationSpacesForBPE)
    }

    /// The text of each list of ids.
    public func batchDecode(_ batch: [[Int32]], skipSpecialTokens: Bool = false) -> [String] {
        batch.map { decode($0, skipSpecialTokens: skipSpecialTokens) }
    }
}
