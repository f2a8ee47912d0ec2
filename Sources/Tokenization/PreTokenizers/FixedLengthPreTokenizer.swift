internal import OrderedJSON

/// Words of so many scalars each; the last may be shorter.
struct FixedLengthPreTokenizer: WordSplitter {
    let length: Int

    init(_ node: PipelineNode) throws(TokenizerError) {
        length = try node.member("length")?.integer(in: 1...Int.max) ?? 5
    }

    func split(_ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>]) {
        var start = range.lowerBound
        var count = 0
        for position in range where text.bytes[position] & 0xC0 != 0x80 {
            if count == length {
                words.append(start..<position)
                start = position
                count = 0
            }
            count += 1
        }
        if start < range.upperBound { words.append(start..<range.upperBound) }
    }

    var json: JSONValue { ["type": "FixedLength", "length": .int(length)] }
}
