internal import OrderedJSON

/// `<s> A </s>` and `<s> A </s></s> B </s>`, all of type 0.
struct RobertaProcessing: PostProcessor {
    let sep: SpecialTokenPair
    let cls: SpecialTokenPair
    let trimOffsets: Bool
    let addPrefixSpace: Bool

    init(sep: SpecialTokenPair, cls: SpecialTokenPair, trimOffsets: Bool, addPrefixSpace: Bool) {
        self.sep = sep
        self.cls = cls
        self.trimOffsets = trimOffsets
        self.addPrefixSpace = addPrefixSpace
    }

    init(_ node: PipelineNode) throws(TokenizerError) {
        self.init(
            sep: try SpecialTokenPair(try node.required("sep")), cls: try SpecialTokenPair(try node.required("cls")),
            trimOffsets: try node.required("trim_offsets").bool(),
            addPrefixSpace: try node.required("add_prefix_space").bool())
    }

    func template(pair: Bool) -> [TemplatePiece] {
        let sep = TemplatePiece.special(ids: [sep.id], typeId: 0)
        let single: [TemplatePiece] = [.special(ids: [cls.id], typeId: 0), .sequence(.first, typeId: 0), sep]
        return pair ? single + [sep, .sequence(.second, typeId: 0), sep] : single
    }

    var offsetTrimming: OffsetTrimming? { trimOffsets ? OffsetTrimming(addPrefixSpace: addPrefixSpace) : nil }

    var json: JSONValue {
        [
            "type": "RobertaProcessing", "sep": sep.json, "cls": cls.json, "trim_offsets": .bool(trimOffsets),
            "add_prefix_space": .bool(addPrefixSpace),
        ]
    }
}
