import OrderedJSON

/// How answers are chosen from the scores of starts and ends; the arguments of Python's `postprocess_qa_predictions`.
public struct AnswerSelection: Sendable, Hashable {
    /// Whether questions may have no answer, as in SQuAD 2.
    public var version2WithNegative = false
    /// So many starts and ends are looked at, and so many answers kept.
    public var nBestSize = 20
    /// The most tokens of an answer.
    public var maxAnswerLength = 30
    /// By how much no answer must score more than the best answer to be chosen.
    public var nullScoreDiffThreshold: Float = 0

    public init(_ set: (inout AnswerSelection) -> Void = { _ in }) { set(&self) }

    /// What training has stored of it, and the defaults for the rest.
    ///
    /// - Parameter settings: Those of question answering; nil: none.
    public init(stored settings: TaskSettings?) {
        guard let settings else { return }
        version2WithNegative = settings["version_2_with_negative"]?.boolValue ?? version2WithNegative
        nBestSize = settings["n_best_size"]?.intValue ?? nBestSize
        maxAnswerLength = settings["max_answer_length"]?.intValue ?? maxAnswerLength
        nullScoreDiffThreshold =
            settings["null_score_diff_threshold"]?.doubleValue.map { Float($0) } ?? nullScoreDiffThreshold
    }

    /// Puts it among the settings that training leaves.
    public func store(in settings: inout TaskSettings) {
        settings["version_2_with_negative"] = .bool(version2WithNegative)
        settings["n_best_size"] = .int(nBestSize)
        settings["max_answer_length"] = .int(maxAnswerLength)
        // As it was written, without the digits that only a Double has.
        settings["null_score_diff_threshold"] = Double("\(nullScoreDiffThreshold)").map { .double($0) }
    }

    /// - Throws: ``TaskError`` for a number that is not positive.
    func check() throws {
        for (name, value) in [("nBestSize", nBestSize), ("maxAnswerLength", maxAnswerLength)] where value < 1 {
            throw TaskError.argument(name: name, problem: "\(value) is not a positive number")
        }
    }
}

/// What is answered to a question.
public struct AnswerPrediction: Sendable, Hashable {
    /// The question's.
    public let id: String
    /// Empty where there is no answer.
    public let text: String
    /// The best answers, the likeliest first.
    public let nBest: [Candidate]
    /// How much more no answer scores than the best one; nil where each question has one.
    public let scoreDiff: Float?

    public init(id: String, text: String, nBest: [Candidate] = [], scoreDiff: Float? = nil) {
        self.id = id
        self.text = text
        self.nBest = nBest
        self.scoreDiff = scoreDiff
    }

    /// An answer that was looked at.
    public struct Candidate: Sendable, Hashable {
        public let text: String
        /// Where it is in the text, in Unicode scalars; `0..<0` for no answer.
        public let range: Range<Int>
        public let startLogit: Float
        public let endLogit: Float
        /// Among the answers that are kept.
        public internal(set) var probability: Float

        public init(text: String, range: Range<Int>, startLogit: Float, endLogit: Float, probability: Float = 0) {
            self.text = text
            self.range = range
            self.startLogit = startLogit
            self.endLogit = endLogit
            self.probability = probability
        }

        var score: Float { startLogit + endLogit }
    }
}
