internal import OrderedJSON

/// Splits at single characters of a kind.
struct CharacterPreTokenizer: WordSplitter {
    enum Kind: Sendable, Equatable {
        case whitespaceSplit
        case punctuation
        case digits(individual: Bool)
        case delimiter(UInt32)
    }

    let kind: Kind
    let behavior: SplitBehavior

    init(kind: Kind, behavior: SplitBehavior) {
        self.kind = kind
        self.behavior = behavior
    }

    /// `Digits`
    init(digits node: PipelineNode) throws(TokenizerError) {
        let individual = try node.required("individual_digits").bool()
        self.init(kind: .digits(individual: individual), behavior: individual ? .isolated : .contiguous)
    }

    /// `Punctuation`
    init(punctuation node: PipelineNode) throws(TokenizerError) {
        let behavior = try node.member("behavior")
        self.init(kind: .punctuation, behavior: behavior == nil ? .isolated : try SplitBehavior(behavior ?? node))
    }

    /// `CharDelimiterSplit`
    init(delimiter node: PipelineNode) throws(TokenizerError) {
        let delimiter = try node.required("delimiter")
        let scalars = try delimiter.string().unicodeScalars
        guard let scalar = scalars.first, scalars.count == 1 else { throw delimiter.error("expected one character") }
        self.init(kind: .delimiter(scalar.value), behavior: .removed)
    }

    func split(_ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>]) {
        switch kind {
        case .whitespaceSplit: split(text, range, into: &words) { CharacterClasses.shared[$0].contains(.whitespace) }
        case .punctuation: split(text, range, into: &words) { CharacterClasses.shared[$0].contains(.punctuation) }
        case .digits: split(text, range, into: &words) { PatternClasses.shared[$0].contains(.numeric) }
        case .delimiter(let delimiter): split(text, range, into: &words) { $0 == delimiter }
        }
    }

    @inline(__always)
    private func split(
        _ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>], where isMatch: (UInt32) -> Bool
    ) {
        var matches: [Range<Int>] = []
        text.bytes.withUnsafeBufferPointer { bytes in
            var position = range.lowerBound
            while position < range.upperBound {
                let start = position
                if isMatch(UTF8Scalars.decode(bytes, &position)) { matches.append(start..<position) }
            }
        }
        behavior.split(range, at: matches, into: &words)
    }

    var json: JSONValue {
        switch kind {
        case .whitespaceSplit: ["type": "WhitespaceSplit"]
        case .punctuation: ["type": "Punctuation", "behavior": .string(behavior.rawValue)]
        case .digits(let individual): ["type": "Digits", "individual_digits": .bool(individual)]
        case .delimiter(let scalar):
            ["type": "CharDelimiterSplit", "delimiter": .string(Unicode.Scalar(scalar).map { String($0) } ?? "")]
        }
    }
}
