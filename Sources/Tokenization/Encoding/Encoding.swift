/// A text, or a pair of texts, as tokens.
///
/// All arrays have the same length, one element for each token, special tokens and padding included.
public struct Encoding: Sendable {
    /// The tokens' ids.
    public internal(set) var inputIds: [Int32] = []
    /// 0 for the first text and its special tokens, 1 for the second, as the tokenizer's template says.
    public internal(set) var tokenTypeIds: [Int32] = []
    /// 1 for tokens, 0 for padding.
    public internal(set) var attentionMask: [Int32] = []
    /// 1 for tokens that the tokenizer added (padding included), 0 for the text's own.
    public internal(set) var specialTokensMask: [Int32] = []
    var spans: [SIMD2<Int32>] = []
    /// -1 where there is no word.
    var words: [Int32] = []
    /// 0 and 1 for the texts, -1 for what belongs to neither.
    var sequences: [Int8] = []
    let table: TokenTable

    init(table: TokenTable) { self.table = table }

    /// How many tokens there are.
    public var count: Int { inputIds.count }

    /// The part of the original text that each token comes from, in Unicode scalars (as Python's characters), the end
    /// excluded; `0..<0` for tokens that the tokenizer added.
    public var offsets: [Range<Int>] { spans.map { Int($0.x)..<Int($0.y) } }

    /// The number of the word, within its text, that each token is part of; nil for tokens that the tokenizer added.
    public var wordIds: [Int?] { words.map { $0 < 0 ? nil : Int($0) } }

    /// 0 for tokens of the first text, 1 for those of the second, nil for those that the tokenizer added.
    public var sequenceIds: [Int?] { sequences.map { $0 < 0 ? nil : Int($0) } }

    /// The tokens themselves.
    public var tokens: [String] { inputIds.map { table.token(Int($0)) ?? "" } }
}

extension Encoding: Equatable {
    public static func == (left: Encoding, right: Encoding) -> Bool {
        left.inputIds == right.inputIds && left.tokenTypeIds == right.tokenTypeIds
            && left.attentionMask == right.attentionMask && left.specialTokensMask == right.specialTokensMask
            && left.spans == right.spans && left.words == right.words && left.sequences == right.sequences
    }
}
