internal import OrderedJSON

/// A token that is found in the text before anything else is done with it, such as `[MASK]`.
struct AddedToken: Sendable, Equatable {
    var id: Int32
    var content: String
    /// Only where no letter or digit stands beside it.
    var singleWord = false
    /// Takes the whitespace on its left.
    var lstrip = false
    /// Takes the whitespace on its right.
    var rstrip = false
    /// Looked for in the normalized text, not in the original.
    var normalized = false
    /// Left out by `decode(_:skipSpecialTokens:)`.
    var special = true

    init(id: Int32, content: String) {
        self.id = id
        self.content = content
    }

    init(_ node: PipelineNode) throws(TokenizerError) {
        id = Int32(try node.required("id").integer(in: 0...Vocabulary.idLimit - 1))
        content = try node.string("content")
        singleWord = try node.bool("single_word", default: false)
        lstrip = try node.bool("lstrip", default: false)
        rstrip = try node.bool("rstrip", default: false)
        special = try node.bool("special", default: false)
        normalized = try node.bool("normalized", default: !special)
    }

    var json: JSONValue {
        [
            "id": .int(Int(id)), "content": .string(content), "single_word": .bool(singleWord),
            "lstrip": .bool(lstrip), "rstrip": .bool(rstrip), "normalized": .bool(normalized),
            "special": .bool(special),
        ]
    }
}
