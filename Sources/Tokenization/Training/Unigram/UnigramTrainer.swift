public import OrderedJSON

/// Learns a Unigram vocabulary: `UnigramTrainer` of Python's `tokenizers`.
///
/// Pieces and scores agree with Python's but for rounding; where characters are rarer than any piece, Python gives them
/// their scores in an order that changes from run to run, and this trainer in the characters' order.
public struct UnigramTrainer: VocabularyTrainer, Equatable {
    public var vocabSize: Int
    public var specialTokens: [SpecialToken]
    /// Characters that become tokens even if the corpus lacks them.
    public var initialAlphabet: Set<Unicode.Scalar>
    /// The share of the pieces that each round of pruning leaves.
    public var shrinkingFactor: Double
    /// The token that stands for unknown characters; it comes first where it is not among the special tokens.
    public var unkToken: String?
    /// Pieces are at most this many characters long.
    public var maxPieceLength: Int
    /// Rounds of expectation and maximization before each pruning.
    public var nSubIterations: Int
    /// The most pieces to start from.
    public var seedSize: Int

    public init(
        vocabSize: Int = 8000, specialTokens: [SpecialToken] = [], initialAlphabet: Set<Unicode.Scalar> = [],
        shrinkingFactor: Double = 0.75, unkToken: String? = nil, maxPieceLength: Int = 16, nSubIterations: Int = 2,
        seedSize: Int = 1_000_000
    ) {
        self.vocabSize = vocabSize
        self.specialTokens = specialTokens
        self.initialAlphabet = initialAlphabet
        self.shrinkingFactor = shrinkingFactor
        self.unkToken = unkToken
        self.maxPieceLength = maxPieceLength
        self.nSubIterations = nSubIterations
        self.seedSize = seedSize
    }

    public static let modelType = "Unigram"

    public func train(
        _ words: WordCounts, model: JSONObject, progress: VocabularyProgress?
    ) throws -> JSONObject {
        try check()
        let corpus = try UnigramCorpus(words.sorted())
        var required = Set(corpus.scalars).union(initialAlphabet.map(\.value))
        if !words.words.bytes.contains(0) { required.remove(0) }
        let room = vocabSize - unigramSpecialTokens.count
        guard required.count <= room else {
            throw TokenizerError.invalidArgument(
                "vocabSize is \(vocabSize), but the corpus alone has \(required.count) characters, and there are "
                    + "\(unigramSpecialTokens.count) special tokens; make vocabSize larger, or the text cleaner")
        }
        progress?("Suffix array seeds", 0, words.count)
        var learner = UnigramLearner(self, corpus)
        progress?("Suffix array seeds", words.count, words.count)
        learner.learn(progress)

        var model = model
        let pieces = chosen(learner.pieces, corpus, required: required.sorted(), room: room)
        model["unk_id"] =
            unkToken.map { unk in .int(unigramSpecialTokens.firstIndex { $0 == unk } ?? 0) } ?? .null
        model["vocab"] = .array(
            unigramSpecialTokens.map { [.string($0), 0.0] } + pieces.map { [.string($0.text), .double($0.score)] })
        return model
    }

    /// The special tokens with the unknown token in front where they lack it.
    private var unigramSpecialTokens: [String] {
        let tokens = specialTokens.map(\.content)
        // Compared byte by byte, as all tokens are.
        guard let unkToken, !tokens.contains(where: { $0.utf8.elementsEqual(unkToken.utf8) }) else { return tokens }
        return [unkToken] + tokens
    }

    /// Every required character and the best of the other pieces, by their scores.
    private func chosen(
        _ pieces: UnigramPieces, _ corpus: UnigramCorpus, required: [UInt32], room: Int
    ) -> [(text: String, score: Double)] {
        var characters: [UInt32: Double] = [:]
        for (range, score) in zip(pieces.ranges, pieces.scores) where range.count == 1 {
            characters[corpus.scalars[range.lowerBound]] = score
        }
        var chosen: [(text: String, score: Double)] = []
        var penalty = 0.0
        for scalar in required {
            guard let character = Unicode.Scalar(scalar) else { continue }
            let score = characters[scalar] ?? pieces.lowestScore + penalty
            if characters[scalar] == nil { penalty += 0.0001 }
            chosen.append((String(Character(character)), score))
        }
        for (range, score) in zip(pieces.ranges, pieces.scores) where range.count > 1 {
            if chosen.count >= room { break }
            let text = corpus.string(range)
            // The name under which training knows what is unknown.
            if text != "<UNK>" { chosen.append((text, score)) }
        }
        return chosen.enumerated().sorted {
            ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
        }.map(\.element)
    }

    private func check() throws(TokenizerError) {
        try checkCommonSettings()
        guard shrinkingFactor > 0, shrinkingFactor < 1 else {
            throw .invalidArgument("shrinkingFactor is \(shrinkingFactor), but must be between 0 and 1")
        }
        for (name, value, range) in [
            ("maxPieceLength", maxPieceLength, 1...1 << 16), ("nSubIterations", nSubIterations, 0...1 << 16),
            ("seedSize", seedSize, 1...Vocabulary.idLimit),
        ] where !range.contains(value) {
            throw .invalidArgument(
                "\(name) is \(value), but must be from \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
