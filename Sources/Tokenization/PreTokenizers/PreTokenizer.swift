internal import OrderedJSON

/// Makes of normalized text the words that the model sees one by one.
protocol PreTokenizer: Sendable {
    /// Splits the words further, or rewrites text and words both.
    ///
    /// `words` are ranges of bytes of `text`, in order, none of them empty; at first there is one that is all of it.
    func preTokenize(_ text: inout NormalizedText, _ words: inout [Range<Int>]) throws(TokenizerError)
    /// Whether the text itself stays as it is.
    var keepsText: Bool { get }
    /// This step as `tokenizer.json` has it.
    var json: JSONValue { get }
}

/// A pre-tokenizer that only splits, each word by itself.
protocol WordSplitter: PreTokenizer {
    /// Appends the words of the part `range` (in bytes) of the text, none of them empty.
    func split(_ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>]) throws(TokenizerError)
}

extension WordSplitter {
    var keepsText: Bool { true }

    func preTokenize(_ text: inout NormalizedText, _ words: inout [Range<Int>]) throws(TokenizerError) {
        var result: [Range<Int>] = []
        for word in words { try split(text, word, into: &result) }
        words = result
    }
}

/// Makes pre-tokenizers from `tokenizer.json`.
enum PreTokenizerReader {
    static let supported = [
        "BertPreTokenizer", "ByteLevel", "CharDelimiterSplit", "Digits", "FixedLength", "Metaspace", "Punctuation",
        "Sequence", "Split", "UnicodeScripts", "Whitespace", "WhitespaceSplit",
    ]

    static func read(_ node: PipelineNode) throws(TokenizerError) -> any PreTokenizer {
        let type = try node.type()
        switch type {
        case "BertPreTokenizer": return BertPreTokenizer()
        case "ByteLevel": return try ByteLevelPreTokenizer(node)
        case "CharDelimiterSplit": return try CharacterPreTokenizer(delimiter: node)
        case "Digits": return try CharacterPreTokenizer(digits: node)
        case "FixedLength": return try FixedLengthPreTokenizer(node)
        case "Metaspace": return try Metaspace(node)
        case "Punctuation": return try CharacterPreTokenizer(punctuation: node)
        case "Split": return try SplitPreTokenizer(node)
        case "UnicodeScripts": return UnicodeScriptsPreTokenizer()
        case "Whitespace": return WhitespacePreTokenizer()
        case "WhitespaceSplit": return CharacterPreTokenizer(kind: .whitespaceSplit, behavior: .removed)
        case "Sequence":
            var steps: [any PreTokenizer] = []
            for step in try node.required("pretokenizers").elements() { steps.append(try read(step)) }
            return PreTokenizerSequence(steps: steps)
        default: throw node.unsupported("pre_tokenizer", type, supported)
        }
    }
}

/// Several pre-tokenizers, each taking the words of the one before.
struct PreTokenizerSequence: PreTokenizer {
    let steps: [any PreTokenizer]

    var keepsText: Bool { steps.allSatisfy(\.keepsText) }

    func preTokenize(_ text: inout NormalizedText, _ words: inout [Range<Int>]) throws(TokenizerError) {
        for step in steps { try step.preTokenize(&text, &words) }
    }

    var json: JSONValue { ["type": "Sequence", "pretokenizers": .array(steps.map(\.json))] }
}
