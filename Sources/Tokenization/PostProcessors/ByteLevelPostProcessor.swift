internal import OrderedJSON

/// Adds nothing, but takes whitespace out of the offsets of byte-level tokens.
struct ByteLevelPostProcessor: PostProcessor {
    private let settings: ByteLevelPreTokenizer

    init(trimOffsets: Bool) { settings = ByteLevelPreTokenizer(addPrefixSpace: true, trimOffsets: trimOffsets) }

    init(_ node: PipelineNode) throws(TokenizerError) { settings = try ByteLevelPreTokenizer(node) }

    func template(pair: Bool) -> [TemplatePiece] { .bare(pair: pair) }

    var offsetTrimming: OffsetTrimming? {
        settings.trimOffsets ? OffsetTrimming(addPrefixSpace: settings.addPrefixSpace) : nil
    }

    var json: JSONValue { settings.json }
}
