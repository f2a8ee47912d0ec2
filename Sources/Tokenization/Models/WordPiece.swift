internal import OrderedJSON

/// BERT's model: from the left, the longest token that fits; a word with a part that is no token is unknown as a whole.
struct WordPiece: TokenizationModel {
    let vocabulary: Vocabulary
    let unknownToken: String
    let continuingSubwordPrefix: String
    /// Longer words, in scalars, are unknown.
    let maxInputCharsPerWord: Int
    private let unknownId: Int32?
    /// Where the tokens that continue a word begin; nil where there are none.
    private let continuation: ByteTrie.Node?

    init(
        vocabulary: Vocabulary, unknownToken: String = "[UNK]", continuingSubwordPrefix: String = "##",
        maxInputCharsPerWord: Int = 100
    ) {
        self.vocabulary = vocabulary
        self.unknownToken = unknownToken
        self.continuingSubwordPrefix = continuingSubwordPrefix
        self.maxInputCharsPerWord = maxInputCharsPerWord
        unknownId = vocabulary.id(unknownToken)
        continuation = vocabulary.trie.node(continuingSubwordPrefix.utf8)
    }

    init(_ node: PipelineNode) throws(TokenizerError) {
        self.init(
            vocabulary: try Vocabulary(try node.required("vocab")),
            unknownToken: try node.string("unk_token"),
            continuingSubwordPrefix: try node.string("continuing_subword_prefix"),
            maxInputCharsPerWord: try node.required("max_input_chars_per_word").integer(in: 0...Int.max))
    }

    func tokenize(
        _ text: NormalizedText, _ word: Range<Int>, wordIndex: Int32, into tokens: inout TokenSequence
    ) throws(TokenizerError) {
        var parts: [WordToken] = []
        let result = text.bytes.withUnsafeBufferPointer { bytes in
            Result { () throws(TokenizerError) in
                try split(UnsafeBufferPointer(rebasing: bytes[word]), into: &parts)
            }
        }
        try result.get()
        var position = word.lowerBound
        for part in parts {
            let end = position + Int(part.length)
            tokens.append(part.id, text.originalRange(position..<end), wordIndex)
            position = end
        }
    }

    /// Replaces `parts` by the tokens of a word.
    func split(_ word: UnsafeBufferPointer<UInt8>, into parts: inout [WordToken]) throws(TokenizerError) {
        parts.removeAll(keepingCapacity: true)
        guard !isSplit(word, &parts) else { return }
        guard let unknownId else { throw .missingUnknownToken(unknownToken) }
        parts.removeAll(keepingCapacity: true)
        parts.append(WordToken(id: unknownId, length: Int32(word.count)))
    }

    /// False where a part of the word is no token.
    private func isSplit(_ word: UnsafeBufferPointer<UInt8>, _ parts: inout [WordToken]) -> Bool {
        if word.count > maxInputCharsPerWord, scalarCount(word) > maxInputCharsPerWord { return false }
        var start = 0
        var node: ByteTrie.Node? = ByteTrie.root
        while start < word.count {
            guard let from = node, let match = vocabulary.trie.longestMatch(from: from, in: word, start..<word.count)
            else { return false }
            parts.append(WordToken(id: match.value, length: Int32(match.end - start)))
            start = match.end
            node = continuation
        }
        return true
    }

    private func scalarCount(_ word: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        for byte in word where byte & 0xC0 != 0x80 { count += 1 }
        return count
    }

    var json: JSONValue {
        [
            "type": "WordPiece", "unk_token": .string(unknownToken),
            "continuing_subword_prefix": .string(continuingSubwordPrefix),
            "max_input_chars_per_word": .int(maxInputCharsPerWord), "vocab": vocabulary.json,
        ]
    }
}
