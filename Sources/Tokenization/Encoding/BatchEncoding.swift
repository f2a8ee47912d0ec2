/// Several encodings, in the order of their texts.
public struct BatchEncoding: Sendable, Equatable, RandomAccessCollection {
    public internal(set) var encodings: [Encoding]
    /// For each encoding the number of its text: a text that was cut has several where `returnOverflowingTokens` asks
    /// for them.
    public internal(set) var overflowToSampleMapping: [Int]

    init(encodings: [Encoding]) {
        self.encodings = encodings
        overflowToSampleMapping = Array(encodings.indices)
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { encodings.count }
    public subscript(position: Int) -> Encoding { encodings[position] }

    /// The ids of each text.
    public var inputIds: [[Int32]] { encodings.map(\.inputIds) }
    /// The type ids of each text.
    public var tokenTypeIds: [[Int32]] { encodings.map(\.tokenTypeIds) }
    /// The attention mask of each text: 1 for tokens, 0 for padding.
    public var attentionMask: [[Int32]] { encodings.map(\.attentionMask) }
    /// For each text 1 for tokens that the tokenizer added (padding included), 0 for the text's own.
    public var specialTokensMask: [[Int32]] { encodings.map(\.specialTokensMask) }

    /// Makes every encoding as long as the padding asks.
    mutating func pad(_ padding: ResolvedPadding) {
        let length = padding.length(longest: encodings.lazy.map(\.count).max() ?? 0)
        for index in encodings.indices { encodings[index].pad(to: length, padding) }
    }

    /// Makes of each part that overflowed an encoding of its own, behind that of its text.
    mutating func spreadOverflow() {
        var spread: [Encoding] = []
        var mapping: [Int] = []
        for (sample, encoding) in encodings.enumerated() {
            var encoding = encoding
            let overflowing = encoding.overflowing
            encoding.overflowing = []
            spread.append(encoding)
            spread.append(contentsOf: overflowing)
            mapping.append(contentsOf: repeatElement(sample, count: 1 + overflowing.count))
        }
        encodings = spread
        overflowToSampleMapping = mapping
    }
}
