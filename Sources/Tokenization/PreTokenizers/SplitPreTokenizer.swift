internal import OrderedJSON

/// Splits at what a pattern matches.
struct SplitPreTokenizer: WordSplitter {
    enum Pattern: Sendable {
        case literal(String)
        /// A regular expression that a scanner of ours stands for.
        case scanned(WordPattern)
        case expression(RegexPattern)
    }

    let pattern: Pattern
    let behavior: SplitBehavior
    let invert: Bool

    init(pattern: WordPattern) {
        self.pattern = .scanned(pattern)
        behavior = .isolated
        invert = false
    }

    init(_ node: PipelineNode) throws(TokenizerError) {
        let pattern = try node.required("pattern")
        if let literal = try pattern.member("String") {
            self.pattern = .literal(try literal.string())
        } else if let expression = try pattern.member("Regex") {
            let text = try expression.string()
            if let known = WordPattern(expression: text) {
                self.pattern = .scanned(known)
            } else {
                self.pattern = .expression(try RegexPattern(text, at: expression))
            }
        } else {
            throw pattern.error("expected {\"String\": …} or {\"Regex\": …}")
        }
        behavior = try SplitBehavior(try node.required("behavior"))
        invert = try node.required("invert").bool()
    }

    /// The scanner, where its words are exactly the words of this step.
    var wordPattern: WordPattern? {
        guard case .scanned(let pattern) = pattern else { return nil }
        // A scanner's words cover the text, so that each is a match and nothing lies between.
        return invert ? (behavior == .contiguous ? nil : pattern) : (behavior == .isolated ? pattern : nil)
    }

    func split(_ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>]) throws(TokenizerError) {
        if wordPattern != nil {
            words.append(contentsOf: try matches(text, range))
        } else {
            behavior.split(range, at: try matches(text, range), invert: invert, into: &words)
        }
    }

    private func matches(_ text: NormalizedText, _ range: Range<Int>) throws(TokenizerError) -> [Range<Int>] {
        let result = text.bytes.withUnsafeBufferPointer { bytes in
            Result { () throws(TokenizerError) in try matches(bytes, range) }
        }
        return try result.get()
    }

    private func matches(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) throws(TokenizerError) -> [Range<Int>] {
        switch pattern {
        case .literal(let literal): return Self.occurrences(of: Array(literal.utf8), bytes, range)
        case .expression(let expression):
            return try expression.matches(in: UnsafeBufferPointer(rebasing: bytes[range])).map {
                range.lowerBound + $0.lowerBound..<range.lowerBound + $0.upperBound
            }
        case .scanned(let pattern):
            var matches: [Range<Int>] = []
            guard let base = bytes.baseAddress else { return matches }
            let table = PatternClasses.shared.table
            var start = range.lowerBound
            while start < range.upperBound {
                let end = pattern.wordEnd(base, start, range.upperBound, table)
                matches.append(start..<end)
                start = end
            }
            return matches
        }
    }

    /// Where `literal` stands; an empty one stands between any two characters, as an empty regular expression would.
    private static func occurrences(
        of literal: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) -> [Range<Int>] {
        var matches: [Range<Int>] = []
        guard let first = literal.first else {
            for position in range where bytes[position] & 0xC0 != 0x80 { matches.append(position..<position) }
            return matches + [range.upperBound..<range.upperBound]
        }
        var position = range.lowerBound
        while position + literal.count <= range.upperBound {
            if bytes[position] == first, bytes[position...].starts(with: literal) {
                matches.append(position..<position + literal.count)
                position += literal.count
            } else {
                position += 1
            }
        }
        return matches
    }

    var json: JSONValue {
        let pattern: JSONValue =
            switch pattern {
            case .literal(let literal): ["String": .string(literal)]
            case .scanned(let pattern): ["Regex": .string(pattern.expression)]
            case .expression(let expression): ["Regex": .string(expression.pattern)]
            }
        return [
            "type": "Split", "pattern": pattern, "behavior": .string(behavior.rawValue), "invert": .bool(invert),
        ]
    }
}
