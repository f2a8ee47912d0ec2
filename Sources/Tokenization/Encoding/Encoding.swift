/// A text, or a pair of texts, as tokens.
///
/// All arrays have the same length, one element for each token, special tokens and padding included. Each is made when
/// it is asked for: keep it rather than ask again for every element.
public struct Encoding: Sendable {
    var records: [TokenRecord] = []
    /// The strings of tokens, by position, that differ from those of their ids.
    var surfaces: [Int: String] = [:]
    /// The other parts of a text that was cut, where they were asked for (`returnOverflowingTokens`).
    public internal(set) var overflowing: [Encoding] = []
    let table: TokenTable

    init(table: TokenTable) { self.table = table }

    /// How many tokens there are.
    public var count: Int { records.count }

    /// The tokens' ids.
    public var inputIds: [Int32] { records.map(\.id) }

    /// 0 for the first text and its special tokens, 1 for the second, as the tokenizer's template says.
    public var tokenTypeIds: [Int32] { records.map(\.typeId) }

    /// 1 for tokens, 0 for padding.
    public var attentionMask: [Int32] { records.map { $0.isPadding ? 0 : 1 } }

    /// 1 for tokens that the tokenizer added (padding included), 0 for the text's own.
    public var specialTokensMask: [Int32] { records.map { $0.isSpecial ? 1 : 0 } }

    /// The part of the original text that each token comes from, in Unicode scalars (as Python's characters), the end
    /// excluded; `0..<0` for tokens that the tokenizer added. Of a text given in words, they count from the word's start.
    public var offsets: [Range<Int>] { records.map { Int($0.start)..<Int($0.end) } }

    /// The number of the word, within its text, that each token is part of; nil for tokens that the tokenizer added. Of a
    /// text given in words, it is the place among these.
    public var wordIds: [Int?] { records.map { $0.word < 0 ? nil : Int($0.word) } }

    /// 0 for tokens of the first text, 1 for those of the second, nil for those that the tokenizer added.
    public var sequenceIds: [Int?] { records.map { $0.sequence < 0 ? nil : Int($0.sequence) } }

    /// The tokens themselves; an added token with the whitespace that it took from the text.
    public var tokens: [String] {
        if surfaces.isEmpty { return records.map { table.token(Int($0.id)) ?? "" } }
        return records.enumerated().map { surfaces[$0] ?? table.token(Int($1.id)) ?? "" }
    }
}

extension Encoding: Equatable {
    public static func == (left: Encoding, right: Encoding) -> Bool {
        left.records == right.records && left.overflowing == right.overflowing
    }
}
