internal import OrderedJSON

/// Replaces each occurrence of a literal string.
struct ReplaceNormalizer: Normalizer {
    let pattern: String
    let content: String

    init(_ node: PipelineNode) throws(TokenizerError) {
        let pattern = try node.required("pattern")
        guard let literal = try pattern.member("String") else {
            throw pattern.error("only a literal pattern ({\"String\": …}) is supported in Replace")
        }
        self.pattern = try literal.string()
        guard !self.pattern.isEmpty else { throw pattern.error("the pattern is empty") }
        content = try node.string("content")
    }

    func normalize(_ text: inout NormalizedText) {
        let pattern = Array(pattern.utf8)
        let content = Array(content.utf8)
        var result = NormalizedText()
        var index = 0
        while index < text.bytes.count {
            if text.bytes[index...].starts(with: pattern) {
                index += pattern.count
                // What is put in shares the place of the last scalar that is taken out.
                for byte in content { result.append(byte, source: text.sources[index - 1]) }
            } else {
                result.append(text.bytes[index], source: text.sources[index])
                index += 1
            }
        }
        text = result
    }

    var json: JSONValue { ["type": "Replace", "pattern": ["String": .string(pattern)], "content": .string(content)] }
}
