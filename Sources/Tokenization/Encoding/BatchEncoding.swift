/// Several encodings, in the order of their texts.
public struct BatchEncoding: Sendable, Equatable, RandomAccessCollection {
    public internal(set) var encodings: [Encoding]

    public var startIndex: Int { 0 }
    public var endIndex: Int { encodings.count }
    public subscript(position: Int) -> Encoding { encodings[position] }

    /// The ids of each text.
    public var inputIds: [[Int32]] { encodings.map(\.inputIds) }
    /// The type ids of each text.
    public var tokenTypeIds: [[Int32]] { encodings.map(\.tokenTypeIds) }
    /// The attention mask of each text: 1 for tokens, 0 for padding.
    public var attentionMask: [[Int32]] { encodings.map(\.attentionMask) }

    /// Makes every encoding as long as the padding asks.
    mutating func pad(_ padding: ResolvedPadding) {
        let length = padding.length(longest: encodings.lazy.map(\.count).max() ?? 0)
        for index in encodings.indices { encodings[index].pad(to: length, padding) }
    }
}
