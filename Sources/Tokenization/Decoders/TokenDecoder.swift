internal import OrderedJSON

/// Turns tokens back into text.
protocol TokenDecoder: Sendable {
    /// The parts of the text that the tokens, or the parts that another decoder made of them, stand for.
    func decodeChain(_ tokens: [String]) -> [String]
    /// This step as `tokenizer.json` has it.
    var json: JSONValue { get }
}

extension TokenDecoder {
    func decode(_ tokens: [String]) -> String { decodeChain(tokens).joined() }
}

/// Makes decoders from `tokenizer.json`.
enum DecoderReader {
    static let supported = [
        "BPEDecoder", "ByteFallback", "ByteLevel", "CTC", "Fuse", "Metaspace", "Replace", "Sequence", "Strip",
        "WordPiece",
    ]

    static func read(_ node: PipelineNode) throws(TokenizerError) -> any TokenDecoder {
        let type = try node.type()
        switch type {
        case "BPEDecoder": return try BPEDecoder(node)
        case "ByteFallback": return ByteFallbackDecoder()
        case "CTC": return try CTCDecoder(node)
        case "Fuse": return FuseDecoder()
        case "Metaspace": return try Metaspace(node)
        case "Replace": return try ReplaceNormalizer(node)
        case "Strip": return try StripDecoder(node)
        case "ByteLevel": return try ByteLevelDecoder(node)
        case "WordPiece": return try WordPieceDecoder(node)
        case "Sequence":
            var steps: [any TokenDecoder] = []
            for step in try node.required("decoders").elements() { steps.append(try read(step)) }
            return DecoderSequence(steps: steps)
        default: throw node.unsupported("decoder", type, supported)
        }
    }
}

/// Several decoders, one after the other.
struct DecoderSequence: TokenDecoder {
    let steps: [any TokenDecoder]

    func decodeChain(_ tokens: [String]) -> [String] { steps.reduce(tokens) { $1.decodeChain($0) } }

    var json: JSONValue { ["type": "Sequence", "decoders": .array(steps.map(\.json))] }
}
