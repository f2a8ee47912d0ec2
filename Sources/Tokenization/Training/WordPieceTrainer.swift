public import OrderedJSON

/// Learns a WordPiece vocabulary: `WordPieceTrainer` of Python's `tokenizers`.
///
/// Tokens are learnt as those of a byte-pair encoding, and equal Python's. The characters that continue a word get
/// their ids in the characters' order, where Python's order changes from run to run; which of equally frequent pairs
/// comes first follows from that.
public struct WordPieceTrainer: VocabularyTrainer, Equatable {
    private var bpe: BpeTrainer

    public init(
        vocabSize: Int = 30_000, minFrequency: Int = 0, specialTokens: [SpecialToken] = [], limitAlphabet: Int? = nil,
        initialAlphabet: Set<Unicode.Scalar> = [], continuingSubwordPrefix: String? = "##",
        endOfWordSuffix: String? = nil
    ) {
        bpe = BpeTrainer(
            vocabSize: vocabSize, minFrequency: minFrequency, specialTokens: specialTokens,
            limitAlphabet: limitAlphabet, initialAlphabet: initialAlphabet,
            continuingSubwordPrefix: continuingSubwordPrefix, endOfWordSuffix: endOfWordSuffix)
    }

    public var vocabSize: Int {
        get { bpe.vocabSize }
        set { bpe.vocabSize = newValue }
    }

    /// How often a pair must come to become a token.
    public var minFrequency: Int {
        get { bpe.minFrequency }
        set { bpe.minFrequency = newValue }
    }

    public var specialTokens: [SpecialToken] {
        get { bpe.specialTokens }
        set { bpe.specialTokens = newValue }
    }

    /// The most characters to start from, the most frequent ones; nil for all.
    public var limitAlphabet: Int? {
        get { bpe.limitAlphabet }
        set { bpe.limitAlphabet = newValue }
    }

    /// Characters to start from even if the corpus lacks them.
    public var initialAlphabet: Set<Unicode.Scalar> {
        get { bpe.initialAlphabet }
        set { bpe.initialAlphabet = newValue }
    }

    /// Put before every token that does not begin a word.
    public var continuingSubwordPrefix: String? {
        get { bpe.continuingSubwordPrefix }
        set { bpe.continuingSubwordPrefix = newValue }
    }

    /// Put behind every token that ends a word.
    public var endOfWordSuffix: String? {
        get { bpe.endOfWordSuffix }
        set { bpe.endOfWordSuffix = newValue }
    }

    public static let modelType = "WordPiece"

    public func train(
        _ words: WordCounts, model: JSONObject, progress: VocabularyProgress?
    ) throws -> JSONObject {
        let tokens = try bpe.learn(words, progress).tokens
        var model = model
        model["continuing_subword_prefix"] = .string(continuingSubwordPrefix ?? "##")
        model["vocab"] = .vocabulary((0..<tokens.count).map(tokens.string))
        return model
    }
}
