internal import OrderedJSON

/// `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`.
struct BertProcessing: PostProcessor {
    let sep: (token: String, id: Int32)
    let cls: (token: String, id: Int32)

    init(_ node: PipelineNode) throws(TokenizerError) {
        sep = try Self.pair(try node.required("sep"))
        cls = try Self.pair(try node.required("cls"))
    }

    private static func pair(_ node: PipelineNode) throws(TokenizerError) -> (String, Int32) {
        let elements = try node.elements()
        guard elements.count == 2 else { throw node.error("expected a token and its id") }
        return (try elements[0].string(), Int32(try elements[1].integer(in: PostProcessorReader.idRange)))
    }

    func template(pair: Bool) -> [TemplatePiece] {
        let single: [TemplatePiece] = [
            .special(ids: [cls.id], typeId: 0), .sequence(.first, typeId: 0), .special(ids: [sep.id], typeId: 0),
        ]
        return pair ? single + [.sequence(.second, typeId: 1), .special(ids: [sep.id], typeId: 1)] : single
    }

    var json: JSONValue {
        [
            "type": "BertProcessing", "sep": [.string(sep.token), .int(Int(sep.id))],
            "cls": [.string(cls.token), .int(Int(cls.id))],
        ]
    }
}
