internal import OrderedJSON

/// Says how special tokens and sequences are put together.
protocol PostProcessor: Sendable {
    /// The layout of one text, or of a pair.
    func template(pair: Bool) -> [TemplatePiece]
    /// This step as `tokenizer.json` has it.
    var json: JSONValue { get }
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

/// Makes post-processors from `tokenizer.json`.
enum PostProcessorReader {
    static let supported = ["BertProcessing", "TemplateProcessing"]
    /// Type ids and ids of special tokens have 32 bits.
    static let idRange = 0...Int(Int32.max)

    static func read(_ node: PipelineNode) throws(TokenizerError) -> any PostProcessor {
        let type = try node.type()
        switch type {
        case "TemplateProcessing": return try TemplateProcessing(node)
        case "BertProcessing": return try BertProcessing(node)
        default: throw node.unsupported("post_processor", type, supported)
        }
    }
}
