internal import OrderedJSON

/// `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`.
struct BertProcessing: PostProcessor {
    let sep: SpecialTokenPair
    let cls: SpecialTokenPair

    init(_ node: PipelineNode) throws(TokenizerError) {
        sep = try SpecialTokenPair(try node.required("sep"))
        cls = try SpecialTokenPair(try node.required("cls"))
    }

    func template(pair: Bool) -> [TemplatePiece] {
        let single: [TemplatePiece] = [
            .special(ids: [cls.id], typeId: 0), .sequence(.first, typeId: 0), .special(ids: [sep.id], typeId: 0),
        ]
        return pair ? single + [.sequence(.second, typeId: 1), .special(ids: [sep.id], typeId: 1)] : single
    }

    var json: JSONValue { ["type": "BertProcessing", "sep": sep.json, "cls": cls.json] }
}
