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
        let known = tokens.count
        let isKnown = text.bytes.withUnsafeBufferPointer { bytes in
            if word.count > maxInputCharsPerWord, scalarCount(bytes, word) > maxInputCharsPerWord { return false }
            var start = word.lowerBound
            var node: ByteTrie.Node? = ByteTrie.root
            while start < word.upperBound {
                guard let from = node,
                    let match = vocabulary.trie.longestMatch(from: from, in: bytes, start..<word.upperBound)
                else { return false }
                tokens.append(match.value, text.originalRange(start..<match.end), wordIndex)
                start = match.end
                node = continuation
            }
            return true
        }
        guard !isKnown else { return }
        guard let unknownId else { throw .missingUnknownToken(unknownToken) }
        tokens.removeLast(tokens.count - known)
        tokens.append(unknownId, text.originalRange(word), wordIndex)
    }

    private func scalarCount(_ bytes: UnsafeBufferPointer<UInt8>, _ word: Range<Int>) -> Int {
        var count = 0
        for index in word where bytes[index] & 0xC0 != 0x80 { count += 1 }
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
