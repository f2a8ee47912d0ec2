internal import OrderedJSON

/// Turns a word into tokens.
protocol TokenizationModel: Sendable {
    var vocabulary: Vocabulary { get }
    /// Appends the tokens of the word at `word` (in bytes) of the text.
    func tokenize(
        _ text: NormalizedText, _ word: Range<Int>, wordIndex: Int32, into tokens: inout TokenSequence
    ) throws(TokenizerError)
    /// The model as `tokenizer.json` has it.
    var json: JSONValue { get }
}

/// Makes models from `tokenizer.json`.
enum ModelReader {
    static let supported = ["BPE", "Unigram", "WordLevel", "WordPiece"]

    static func read(_ node: PipelineNode) throws(TokenizerError) -> any TokenizationModel {
        let named = try node.member("type")?.string()
        let type = if let named { named } else { try guessedType(node) }
        switch type {
        case "BPE": return try BPE(node)
        case "Unigram": return try Unigram(node)
        case "WordPiece": return try WordPiece(node)
        case "WordLevel": return try WordLevel(node)
        default: throw node.unsupported("model", type, supported)
        }
    }

    /// Files of old versions do not name the type.
    private static func guessedType(_ node: PipelineNode) throws(TokenizerError) -> String {
        if try node.member("merges") != nil { return "BPE" }
        if try node.member("continuing_subword_prefix") != nil { return "WordPiece" }
        if try node.required("vocab").value.arrayValue != nil { return "Unigram" }
        return "WordLevel"
    }
}
