internal import OrderedJSON

/// A layout written out in `tokenizer.json`.
struct TemplateProcessing: PostProcessor {
    private let single: [TemplatePiece]
    private let pair: [TemplatePiece]
    let json: JSONValue

    init(_ node: PipelineNode) throws(TokenizerError) {
        let specials = try node.required("special_tokens")
        single = try Self.pieces(try node.required("single"), specials)
        pair = try Self.pieces(try node.required("pair"), specials)
        func holds(_ pieces: [TemplatePiece], _ wanted: TemplatePiece.Sequence) -> Bool {
            pieces.contains { if case .sequence(let sequence, _) = $0 { sequence == wanted } else { false } }
        }
        guard holds(single, .first), !holds(single, .second) else {
            throw node.error("the template for one text must hold $A and may not hold $B")
        }
        guard holds(pair, .first), holds(pair, .second) else {
            throw node.error("the template for a pair must hold $A and $B")
        }
        json = node.value
    }

    init(single: [TemplatePiece], pair: [TemplatePiece], json: JSONValue) {
        self.single = single
        self.pair = pair
        self.json = json
    }

    /// BERT's layout.
    init(cls: (token: String, id: Int32), sep: (token: String, id: Int32)) {
        func special(_ token: (token: String, id: Int32), _ typeId: Int) -> JSONValue {
            ["SpecialToken": ["id": .string(token.token), "type_id": .int(typeId)]]
        }
        func sequence(_ name: JSONValue, _ typeId: Int) -> JSONValue {
            ["Sequence": ["id": name, "type_id": .int(typeId)]]
        }
        func entry(_ token: (token: String, id: Int32)) -> JSONValue {
            ["id": .string(token.token), "ids": [.int(Int(token.id))], "tokens": [.string(token.token)]]
        }
        let singleJSON = [special(cls, 0), sequence("A", 0), special(sep, 0)]
        var entries = JSONObject()
        for token in [cls, sep].sorted(by: { $0.token < $1.token }) { entries[token.token] = entry(token) }
        json = [
            "type": "TemplateProcessing", "single": .array(singleJSON),
            "pair": .array(singleJSON + [sequence("B", 1), special(sep, 1)]), "special_tokens": .object(entries),
        ]
        single = [
            .special(ids: [cls.id], typeId: 0), .sequence(.first, typeId: 0), .special(ids: [sep.id], typeId: 0),
        ]
        pair = single + [.sequence(.second, typeId: 1), .special(ids: [sep.id], typeId: 1)]
    }

    func template(pair isPair: Bool) -> [TemplatePiece] { isPair ? pair : single }

    private static func pieces(
        _ node: PipelineNode, _ specials: PipelineNode
    ) throws(TokenizerError) -> [TemplatePiece] {
        var pieces: [TemplatePiece] = []
        for element in try node.elements() {
            if let sequence = try element.member("Sequence") {
                let typeId = Int32(try sequence.required("type_id").integer(in: PostProcessorReader.idRange))
                switch try sequence.string("id") {
                case "A": pieces.append(.sequence(.first, typeId: typeId))
                case "B": pieces.append(.sequence(.second, typeId: typeId))
                case let other: throw sequence.error("a sequence is A or B, not \(other)")
                }
            } else if let special = try element.member("SpecialToken") {
                let typeId = Int32(try special.required("type_id").integer(in: PostProcessorReader.idRange))
                let name = try special.string("id")
                guard let token = try specials.member(name) else {
                    throw special.error("the special token \(name) is not among special_tokens")
                }
                var ids: [Int32] = []
                for id in try token.required("ids").elements() {
                    ids.append(Int32(try id.integer(in: PostProcessorReader.idRange)))
                }
                pieces.append(.special(ids: ids, typeId: typeId))
            } else {
                throw element.error("expected Sequence or SpecialToken")
            }
        }
        return pieces
    }
}
