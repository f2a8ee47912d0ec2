extension Pipeline {
    /// The pipeline of `tokenizer.json`, with what `tokenizer_config.json` says of BERT's normalizer and of special
    /// tokens, as Python's BERT classes do it.
    init(_ node: PipelineNode, _ configuration: inout TokenizerConfiguration) throws(TokenizerError) {
        try self.init(node)
        if let bert = normalizer as? BertNormalizer, configuration.isBertClass || configuration.tokenizerClass == nil {
            normalizer = try configuration.adjusted(bert)
        }
        if configuration.isBertClass {
            fillRoles(&configuration) { _ in true }
        } else if model is WordPiece {
            let contents = Set(addedTokens.map(\.content))
            let vocabulary = model.vocabulary
            fillRoles(&configuration) { contents.contains($0) || vocabulary.id($0) != nil }
        }
        addSpecialTokens(configuration.specialTokens.all + configuration.extraSpecialTokens)
    }

    /// BERT's pipeline over a `vocab.txt`: one token a line, the line's number its id.
    init(
        vocabularyFile folder: TokenizerFolder, _ configuration: inout TokenizerConfiguration
    ) throws(TokenizerError) {
        let path = folder.path("vocab.txt")
        guard let text = String(validating: try folder.bytes("vocab.txt"), as: UTF8.self) else {
            throw .invalidFile(path: path, place: "", reason: "is not valid UTF-8")
        }
        let vocabulary = try Vocabulary(text: text, path: path)
        self.init(
            normalizer: try configuration.adjusted(BertNormalizer()),
            preTokenizer: BertPreTokenizer(),
            model: WordPiece(
                vocabulary: vocabulary, unknownToken: configuration.specialTokens.unkToken ?? "[UNK]"),
            decoder: WordPieceDecoder())
        fillRoles(&configuration) { _ in true }
        addSpecialTokens(configuration.specialTokens.all + configuration.extraSpecialTokens)
        guard let cls = specialToken(configuration.specialTokens.clsToken),
            let sep = specialToken(configuration.specialTokens.sepToken)
        else { throw .invalidFile(path: path, place: "", reason: "has neither [CLS] nor [SEP]") }
        postProcessor = TemplateProcessing(cls: cls, sep: sep)
    }

    /// Gives the roles that no file names BERT's tokens.
    private func fillRoles(_ configuration: inout TokenizerConfiguration, where isUsable: (String) -> Bool) {
        for (_, path) in SpecialTokens.roles where configuration.specialTokens[keyPath: path] == nil {
            guard let token = SpecialTokens.bert[keyPath: path], isUsable(token) else { continue }
            configuration.specialTokens[keyPath: path] = token
        }
    }

    /// Makes each of the tokens an added special one; what the model lacks gets the next id.
    private mutating func addSpecialTokens(_ tokens: [String]) {
        let vocabulary = model.vocabulary
        for token in tokens where !token.isEmpty && !addedTokens.contains(where: { $0.content == token }) {
            let next = max(vocabulary.count, vocabulary.largestId + 1, addedTokens.map { Int($0.id) + 1 }.max() ?? 0)
            addedTokens.append(AddedToken(id: vocabulary.id(token) ?? Int32(next), content: token))
        }
        addedTokens.sort { $0.id < $1.id }
    }

    private func specialToken(_ content: String?) -> (token: String, id: Int32)? {
        addedTokens.first { $0.content == content }.map { ($0.content, $0.id) }
    }
}

extension Vocabulary {
    /// One token a line, without the whitespace at its end, as the Rust tokenizers read `vocab.txt`.
    init(text: String, path: String) throws(TokenizerError) {
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard !lines.isEmpty else { throw .invalidFile(path: path, place: "", reason: "is empty") }
        guard lines.count <= Vocabulary.idLimit, text.utf8.count < ByteTrie.nodeLimit - 1 else {
            throw .invalidFile(path: path, place: "", reason: "is too large for a vocabulary")
        }
        self.init(
            lines: lines.map { line in
                var line = line
                while let last = line.last, last.properties.isWhitespace { line.removeLast() }
                return Substring(line)
            })
    }
}
