internal import OrderedJSON

/// Splits normalized text into the words that the model sees one by one.
protocol PreTokenizer: Sendable {
    /// Appends the words of the part `range` (in bytes) of the text, none of them empty.
    func split(_ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>])
    /// This step as `tokenizer.json` has it.
    var json: JSONValue { get }
}

/// Makes pre-tokenizers from `tokenizer.json`.
enum PreTokenizerReader {
    static let supported = ["BertPreTokenizer", "Punctuation", "Sequence", "WhitespaceSplit"]

    static func read(_ node: PipelineNode) throws(TokenizerError) -> any PreTokenizer {
        let type = try node.type()
        switch type {
        case "BertPreTokenizer": return CharacterClassPreTokenizer(kind: .bert)
        case "WhitespaceSplit": return CharacterClassPreTokenizer(kind: .whitespaceSplit)
        case "Punctuation":
            let behavior = try node.member("behavior")?.string() ?? "Isolated"
            guard behavior == "Isolated" else {
                throw node.error("Punctuation with behavior \(behavior) is not supported; supported is Isolated")
            }
            return CharacterClassPreTokenizer(kind: .punctuation)
        case "Sequence":
            var steps: [any PreTokenizer] = []
            for step in try node.required("pretokenizers").elements() { steps.append(try read(step)) }
            return PreTokenizerSequence(steps: steps)
        default: throw node.unsupported("pre_tokenizer", type, supported)
        }
    }
}

/// Several pre-tokenizers, each splitting the words of the one before.
struct PreTokenizerSequence: PreTokenizer {
    let steps: [any PreTokenizer]

    func split(_ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>]) {
        var current = range.isEmpty ? [] : [range]
        for step in steps {
            var next: [Range<Int>] = []
            for word in current { step.split(text, word, into: &next) }
            current = next
        }
        words.append(contentsOf: current)
    }

    var json: JSONValue { ["type": "Sequence", "pretokenizers": .array(steps.map(\.json))] }
}
