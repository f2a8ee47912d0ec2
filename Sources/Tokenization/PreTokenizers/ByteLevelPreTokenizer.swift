internal import OrderedJSON

/// Writes each byte as a character of `ByteAlphabet`, after splitting by GPT-2's pattern.
struct ByteLevelPreTokenizer: PreTokenizer {
    /// Whether a word, before the pattern splits it, gets a space in front where it has none.
    let addPrefixSpace: Bool
    /// For the post-processor of the same name only; kept for saving.
    let trimOffsets: Bool
    /// Whether GPT-2's pattern splits the text.
    let useRegex: Bool

    init(addPrefixSpace: Bool, trimOffsets: Bool = true, useRegex: Bool = true) {
        self.addPrefixSpace = addPrefixSpace
        self.trimOffsets = trimOffsets
        self.useRegex = useRegex
    }

    init(_ node: PipelineNode) throws(TokenizerError) {
        self.init(
            addPrefixSpace: try node.required("add_prefix_space").bool(),
            trimOffsets: try node.required("trim_offsets").bool(),
            useRegex: try node.bool("use_regex", default: true))
    }

    var keepsText: Bool { false }

    func preTokenize(_ text: inout NormalizedText, _ words: inout [Range<Int>]) throws(TokenizerError) {
        if addPrefixSpace { Self.addSpaces(&text, &words) }
        if useRegex { try SplitPreTokenizer(pattern: .gpt2).preTokenize(&text, &words) }
        Self.writeBytes(&text, &words)
    }

    private static func addSpaces(_ text: inout NormalizedText, _ words: inout [Range<Int>]) {
        var result = NormalizedText()
        var ranges: [Range<Int>] = []
        for word in words {
            let start = result.bytes.count
            // The space has the place of the character that it was put before.
            if text.bytes[word.lowerBound] != UInt8(ascii: " ") {
                result.append(UInt8(ascii: " "), source: text.sources[word.lowerBound])
            }
            result.bytes.append(contentsOf: text.bytes[word])
            result.sources.append(contentsOf: text.sources[word])
            ranges.append(start..<result.bytes.count)
        }
        text = result
        words = ranges
    }

    private static func writeBytes(_ text: inout NormalizedText, _ words: inout [Range<Int>]) {
        var result = NormalizedText()
        for index in words.indices {
            let start = result.bytes.count
            for position in words[index] {
                result.append(
                    scalar: ByteAlphabet.scalars[Int(text.bytes[position])], source: text.sources[position])
            }
            words[index] = start..<result.bytes.count
        }
        text = result
    }

    var json: JSONValue {
        [
            "type": "ByteLevel", "add_prefix_space": .bool(addPrefixSpace), "trim_offsets": .bool(trimOffsets),
            "use_regex": .bool(useRegex),
        ]
    }
}
