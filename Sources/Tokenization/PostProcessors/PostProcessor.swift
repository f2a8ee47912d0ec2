internal import OrderedJSON

/// Says how special tokens and sequences are put together.
protocol PostProcessor: Sendable {
    /// The layout of one text, or of a pair.
    func template(pair: Bool) -> [TemplatePiece]
    /// How the whitespace that tokens begin or end with is taken out of their offsets; nil where it stays.
    var offsetTrimming: OffsetTrimming? { get }
    /// This step as `tokenizer.json` has it.
    var json: JSONValue { get }
}

extension PostProcessor {
    var offsetTrimming: OffsetTrimming? { nil }
}

/// A part of a layout.
enum TemplatePiece: Sendable, Equatable {
    enum Sequence: Sendable, Equatable { case first, second }
    case sequence(Sequence, typeId: Int32)
    case special(ids: [Int32], typeId: Int32)
}

extension [TemplatePiece] {
    /// One text, or a pair with type ids 0 and 1, without special tokens: what holds where there is no post-processor.
    static func bare(pair: Bool) -> [TemplatePiece] {
        pair
            ? [.sequence(.first, typeId: 0), .sequence(.second, typeId: 1)] : [.sequence(.first, typeId: 0)]
    }

    /// How many special tokens there are.
    var specialCount: Int {
        reduce(0) { if case .special(let ids, _) = $1 { $0 + ids.count } else { $0 } }
    }
}

/// A token and its id, as `["[SEP]", 102]`.
struct SpecialTokenPair: Sendable, Equatable {
    let token: String
    let id: Int32

    init(_ token: String, _ id: Int32) {
        self.token = token
        self.id = id
    }

    init(_ node: PipelineNode) throws(TokenizerError) {
        let elements = try node.elements()
        guard elements.count == 2 else { throw node.error("expected a token and its id") }
        token = try elements[0].string()
        id = Int32(try elements[1].integer(in: PostProcessorReader.idRange))
    }

    var json: JSONValue { [.string(token), .int(Int(id))] }
}

/// Makes post-processors from `tokenizer.json`.
enum PostProcessorReader {
    static let supported = [
        "BertProcessing", "ByteLevel", "RobertaProcessing", "Sequence", "TemplateProcessing",
    ]
    /// Type ids and ids of special tokens have 32 bits.
    static let idRange = 0...Int(Int32.max)

    static func read(_ node: PipelineNode) throws(TokenizerError) -> any PostProcessor {
        let type = try node.type()
        switch type {
        case "TemplateProcessing": return try TemplateProcessing(node)
        case "BertProcessing": return try BertProcessing(node)
        case "ByteLevel": return try ByteLevelPostProcessor(node)
        case "RobertaProcessing": return try RobertaProcessing(node)
        case "Sequence": return try PostProcessorSequence(node)
        default: throw node.unsupported("post_processor", type, supported)
        }
    }
}
