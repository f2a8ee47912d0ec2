internal import OrderedJSON

/// Takes a character away from the ends of each part, up to a number of times.
struct StripDecoder: TokenDecoder {
    let content: Unicode.Scalar
    let start: Int
    let stop: Int

    init(content: Unicode.Scalar, start: Int, stop: Int) {
        self.content = content
        self.start = start
        self.stop = stop
    }

    init(_ node: PipelineNode) throws(TokenizerError) {
        let member = try node.required("content")
        let scalars = try member.string().unicodeScalars
        guard let scalar = scalars.first, scalars.count == 1 else { throw member.error("expected a single character") }
        self.init(
            content: scalar, start: try node.required("start").integer(in: 0...Int.max),
            stop: try node.required("stop").integer(in: 0...Int.max))
    }

    func decodeChain(_ tokens: [String]) -> [String] {
        tokens.map { token in
            var scalars = token.unicodeScalars[...]
            for _ in 0..<min(start, scalars.count) where scalars.first == content { scalars.removeFirst() }
            for _ in 0..<min(stop, scalars.count) where scalars.last == content { scalars.removeLast() }
            return String(scalars)
        }
    }

    var json: JSONValue {
        [
            "type": "Strip", "content": .string(String(Character(content))), "start": .int(start), "stop": .int(stop),
        ]
    }
}
