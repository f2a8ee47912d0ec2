internal import OrderedJSON

/// Turns tokens back into text.
protocol TokenDecoder: Sendable {
    func decode(_ tokens: [String]) -> String
    /// This step as `tokenizer.json` has it.
    var json: JSONValue { get }
}

/// Makes decoders from `tokenizer.json`.
enum DecoderReader {
    static let supported = ["ByteLevel", "WordPiece"]

    static func read(_ node: PipelineNode) throws(TokenizerError) -> any TokenDecoder {
        let type = try node.type()
        switch type {
        case "ByteLevel": return try ByteLevelDecoder(node)
        case "WordPiece": return try WordPieceDecoder(node)
        default: throw node.unsupported("decoder", type, supported)
        }
    }
}
