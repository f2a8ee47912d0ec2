public import OrderedJSON

/// Learns a byte-pair encoding: `BpeTrainer` of Python's `tokenizers`, with equal tokens and merges.
///
/// ```swift
/// let trainer = BpeTrainer(vocabSize: 30_000, minFrequency: 2, initialAlphabet: BpeTrainer.byteLevelAlphabet)
/// ```
public struct BpeTrainer: VocabularyTrainer, Equatable {
    public var vocabSize: Int
    /// How often a pair must come to become a token.
    public var minFrequency: Int
    public var specialTokens: [SpecialToken]
    /// The most characters to start from, the most frequent ones; nil for all.
    public var limitAlphabet: Int?
    /// Characters to start from even if the corpus lacks them.
    public var initialAlphabet: Set<Unicode.Scalar>
    /// Put before every token that does not begin a word.
    public var continuingSubwordPrefix: String?
    /// Put behind every token that ends a word.
    public var endOfWordSuffix: String?
    /// Tokens are shorter than this many characters, as in Python; nil for no limit.
    public var maxTokenLength: Int?

    public init(
        vocabSize: Int = 30_000, minFrequency: Int = 0, specialTokens: [SpecialToken] = [], limitAlphabet: Int? = nil,
        initialAlphabet: Set<Unicode.Scalar> = [], continuingSubwordPrefix: String? = nil,
        endOfWordSuffix: String? = nil, maxTokenLength: Int? = nil
    ) {
        self.vocabSize = vocabSize
        self.minFrequency = minFrequency
        self.specialTokens = specialTokens
        self.limitAlphabet = limitAlphabet
        self.initialAlphabet = initialAlphabet
        self.continuingSubwordPrefix = continuingSubwordPrefix
        self.endOfWordSuffix = endOfWordSuffix
        self.maxTokenLength = maxTokenLength
    }

    public static let modelType = "BPE"

    public func train(
        _ words: WordCounts, model: JSONObject, progress: VocabularyProgress?
    ) throws -> JSONObject {
        let learner = try learn(words, progress)
        var model = model
        model["continuing_subword_prefix"] = continuingSubwordPrefix.map(JSONValue.string) ?? .null
        model["end_of_word_suffix"] = endOfWordSuffix.map(JSONValue.string) ?? .null
        let tokens = (0..<learner.tokens.count).map(learner.tokens.string)
        model["vocab"] = .vocabulary(tokens)
        var last: [PairTable.Key: Int] = [:]
        for (rank, key) in learner.merges.enumerated() { last[key] = rank }
        model["merges"] = .array(
            learner.merges.enumerated().filter { last[$1] == $0 }.map { _, key in
                [.string(tokens[Int(key >> 32)]), .string(tokens[Int(key & 0xFFFF_FFFF)])]
            })
        return model
    }

    func learn(_ words: WordCounts, _ progress: VocabularyProgress?) throws(TokenizerError) -> MergeLearner {
        try checkCommonSettings(minFrequency: minFrequency)
        if let limitAlphabet, limitAlphabet < 0 {
            throw .invalidArgument("limitAlphabet is \(limitAlphabet), but cannot be negative")
        }
        if let maxTokenLength, maxTokenLength < 1 {
            throw .invalidArgument("maxTokenLength is \(maxTokenLength), but must be at least 1")
        }
        progress?("Tokenize words", 0, words.count)
        let alphabet = BpeAlphabet(self, words)
        progress?("Tokenize words", words.count, words.count)
        progress?("Count pairs", 0, words.count)
        var learner = try MergeLearner(self, alphabet, counts: words.counts)
        progress?("Count pairs", words.count, words.count)
        learner.learn(progress)
        return learner
    }
}

extension VocabularyTrainer {
    func checkCommonSettings(minFrequency: Int = 0) throws(TokenizerError) {
        guard (0...Vocabulary.idLimit).contains(vocabSize) else {
            throw .invalidArgument("vocabSize is \(vocabSize), but must be from 0 to \(Vocabulary.idLimit)")
        }
        guard minFrequency >= 0 else {
            throw .invalidArgument("minFrequency is \(minFrequency), but cannot be negative")
        }
    }
}

extension JSONValue {
    /// `{token: id}` with ids from 0 on; of a token that comes twice the later id counts.
    static func vocabulary(_ tokens: [String]) -> JSONValue {
        var object = JSONObject()
        object.reserveCapacity(tokens.count)
        for (id, token) in tokens.enumerated() { object[token] = .int(id) }
        return .object(object)
    }
}
