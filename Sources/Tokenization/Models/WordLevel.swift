internal import OrderedJSON

/// A token for each word; any other word is unknown.
struct WordLevel: TokenizationModel {
    let vocabulary: Vocabulary
    let unknownToken: String

    init(_ node: PipelineNode) throws(TokenizerError) {
        vocabulary = try Vocabulary(try node.required("vocab"))
        unknownToken = try node.string("unk_token")
    }

    func tokenize(
        _ text: NormalizedText, _ word: Range<Int>, wordIndex: Int32, into tokens: inout TokenSequence
    ) throws(TokenizerError) {
        guard let id = vocabulary.trie.value(text.bytes[word]) ?? vocabulary.id(unknownToken) else {
            throw .missingUnknownToken(unknownToken)
        }
        tokens.append(id, text.originalRange(word), wordIndex)
    }

    var json: JSONValue { ["type": "WordLevel", "vocab": vocabulary.json, "unk_token": .string(unknownToken)] }
}
