internal import OrderedJSON

/// Replaces each occurrence of a literal string or of a regular expression.
struct ReplaceNormalizer: Normalizer {
    let pattern: ReplacedPattern
    let content: String

    init(_ pattern: ReplacedPattern, content: String) {
        self.pattern = pattern
        self.content = content
    }

    init(_ node: PipelineNode) throws(TokenizerError) {
        self.init(try ReplacedPattern(try node.required("pattern")), content: try node.string("content"))
    }

    func normalize(_ text: inout NormalizedText) {
        let found = text.bytes.withUnsafeBufferPointer { bytes in
            Result { () throws(TokenizerError) in try pattern.matches(in: bytes) }
        }
        let matches: [Range<Int>]
        switch found {
        case .success(let ranges): matches = ranges
        case .failure(let error):
            text.failure = error
            return
        }
        guard !matches.isEmpty else { return }
        let content = Array(content.utf8)
        var result = NormalizedText()
        result.bytes.reserveCapacity(text.bytes.count)
        result.sources.reserveCapacity(text.bytes.count)
        var position = 0
        for match in matches {
            result.append(text, position..<match.lowerBound)
            // What is put in shares the place of the last scalar that is taken out.
            let source = match.upperBound > 0 ? text.sources[match.upperBound - 1] : text.startSource
            result.bytes.append(contentsOf: content)
            result.sources.append(contentsOf: repeatElement(source, count: content.count))
            position = match.upperBound
        }
        result.append(text, position..<text.bytes.count)
        text = result
    }

    var asciiRules: ASCIIRules? {
        guard case .literal(let string) = pattern else { return nil }
        let bytes = Array(string.utf8)
        var rules = ASCIIRules()
        if bytes.allSatisfy({ $0 < 0x80 }) {
            guard bytes.count == 2, bytes[0] == bytes[1] else { return nil }
            rules.paired.insert(bytes[0])
        }
        return rules
    }

    var json: JSONValue { ["type": "Replace", "pattern": pattern.json, "content": .string(content)] }
}

/// What a Replace step looks for.
enum ReplacedPattern: Sendable {
    case literal(String)
    case regex(RegexPattern)

    init(_ node: PipelineNode) throws(TokenizerError) {
        if let literal = try node.member("String") {
            let string = try literal.string()
            guard !string.isEmpty else { throw literal.error("the pattern is empty") }
            self = .literal(string)
        } else if let regex = try node.member("Regex") {
            self = .regex(try RegexPattern(try regex.string(), at: regex))
        } else {
            throw node.error("expected {\"String\": …} or {\"Regex\": …}")
        }
    }

    /// The occurrences in order, as ranges of bytes.
    func matches(in bytes: UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> [Range<Int>] {
        switch self {
        case .literal(let string): bytes.ranges(of: string)
        case .regex(let regex): try regex.matches(in: bytes)
        }
    }

    var json: JSONValue {
        switch self {
        case .literal(let string): ["String": .string(string)]
        case .regex(let regex): ["Regex": .string(regex.pattern)]
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Where the bytes of `string`, which is not empty, are; matches do not overlap.
    func ranges(of string: String) -> [Range<Int>] {
        var string = string
        return string.withUTF8 { pattern in
            var found: [Range<Int>] = []
            var position = 0
            while position + pattern.count <= count {
                if self[position] == pattern[0],
                    UnsafeBufferPointer(rebasing: self[position..<position + pattern.count]).elementsEqual(pattern)
                {
                    found.append(position..<position + pattern.count)
                    position += pattern.count
                } else {
                    position += 1
                }
            }
            return found
        }
    }
}
