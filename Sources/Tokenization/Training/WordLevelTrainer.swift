public import OrderedJSON

/// Takes the most frequent words as the vocabulary: `WordLevelTrainer` of Python's `tokenizers`.
public struct WordLevelTrainer: VocabularyTrainer, Equatable {
    public var vocabSize: Int
    /// How often a word must come to become a token.
    public var minFrequency: Int
    public var specialTokens: [SpecialToken]

    public init(vocabSize: Int = 30_000, minFrequency: Int = 0, specialTokens: [SpecialToken] = []) {
        self.vocabSize = vocabSize
        self.minFrequency = minFrequency
        self.specialTokens = specialTokens
    }

    public static let modelType = "WordLevel"

    public func train(
        _ words: WordCounts, model: JSONObject, progress: VocabularyProgress?
    ) throws -> JSONObject {
        try checkCommonSettings(minFrequency: minFrequency)
        let sorted = words.sorted()
        // The sort keeps words of one count in the order of their bytes.
        let order = sorted.counts.indices.filter { sorted.counts[$0] >= minFrequency }.enumerated()
            .sorted { (-sorted.counts[$0.element], $0.offset) < (-sorted.counts[$1.element], $1.offset) }
        let tokens = specialTokens.map(\.content) + order.lazy.map { sorted.words.string($0.element) }
        var model = model
        model["vocab"] = .vocabulary(Array(tokens.prefix(vocabSize)))
        progress?("Compute vocabulary", words.count, words.count)
        return model
    }
}
