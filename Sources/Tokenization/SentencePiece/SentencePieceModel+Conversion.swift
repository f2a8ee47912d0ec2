internal import OrderedJSON

extension SentencePieceModel {
    /// The pieces as the vocabulary of Unigram.
    var scoredTokens: [(token: String, score: Double)] { pieces.map { ($0.text, $0.score) } }

    /// The normalizer of the file's character map; nil where it has none.
    func precompiledNormalizer(path: String) throws(TokenizerError) -> PrecompiledNormalizer? {
        guard !characterMap.isEmpty else { return nil }
        guard let map = CharacterMap(characterMap) else {
            throw .invalidFile(path: path, place: "normalizer_spec", reason: "the character map is damaged")
        }
        return PrecompiledNormalizer(map)
    }

    /// The pieces that are looked for in text before the model sees it: those for control, which are special, and
    /// those that users defined.
    var addedTokens: [AddedToken] {
        pieces.filter { $0.type == .control || $0.type == .userDefined }.map { piece in
            var token = AddedToken(id: 0, content: piece.text)
            token.special = piece.type == .control
            return token
        }
    }

    /// A Unigram model of tokens and scores.
    static func unigram(
        _ tokens: [(token: String, score: Double)], unkId: Int, byteFallback: Bool = false, path: String
    ) throws(TokenizerError) -> Unigram {
        let file = PipelineNode(value: .null, file: path, place: "pieces")
        guard tokens.indices.contains(unkId) else {
            throw file.error("the unknown token has the id \(unkId), but there are \(tokens.count) tokens")
        }
        return Unigram(
            vocabulary: try Vocabulary(tokens: tokens.map(\.token), at: file), scores: tokens.map(\.score),
            unknownId: unkId, byteFallback: byteFallback)
    }

    /// A BPE model of the pieces: a piece that two others make is a merge, and merges come in the order of the pieces
    /// that they make.
    func bpe(unkToken: String?, byteFallback: Bool, path: String) throws(TokenizerError) -> BPE {
        let file = PipelineNode(value: .null, file: path, place: "pieces")
        if let long = pieces.firstIndex(where: { $0.text.utf8.count > Self.mergedLengthLimit }) {
            throw file.error("piece \(long) is too long (\(pieces[long].text.utf8.count) bytes)")
        }
        // A piece that comes twice has the later of its ids.
        let vocabulary = Vocabulary(lines: pieces.map { Substring($0.text) })
        var pairs: [(Substring, Substring)] = []
        for (_, token) in vocabulary.entries {
            let scalars = token.unicodeScalars
            for split in scalars.indices.dropFirst() {
                let left = token[..<split]
                let right = token[split...]
                if vocabulary.trie.value(left.utf8) != nil, vocabulary.trie.value(right.utf8) != nil {
                    pairs.append((left, right))
                }
            }
        }
        var settings = BPE.Settings()
        settings.unkToken = unkToken
        settings.fuseUnk = true
        settings.byteFallback = byteFallback
        return try BPE(vocabulary: vocabulary, pairs: pairs, settings: settings) { file.error($0) }
    }

    /// Longer pieces are in no real model, and would take long to divide.
    private static let mergedLengthLimit = 1024
}
