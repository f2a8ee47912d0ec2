internal import OrderedJSON

/// A question of SQuAD 2: its right answers, none where it has no answer in the text.
public struct SquadQuestion: Sendable, Hashable {
    /// What the model answered; empty for no answer.
    public var prediction: String
    /// How sure the model is that there is no answer, 0 to 1.
    public var noAnswerProbability: Double
    public var answers: [String]

    public init(prediction: String, noAnswerProbability: Double = 0, answers: [String]) {
        self.prediction = prediction
        self.noAnswerProbability = noAnswerProbability
        self.answers = answers
    }
}

extension SquadMetrics {
    /// Exact match and F1 where questions may have no answer; Hugging Face's metric `squad_v2`.
    ///
    /// - Parameters:
    ///   - questions: Predictions and right answers.
    ///   - noAnswerThreshold: A question whose `noAnswerProbability` is above it counts as not answered.
    /// - Returns: Python's names and order: `exact`, `f1` (0 to 100), `total`, the same with `HasAns_` and `NoAns_` where
    ///   there are such questions, and what the best thresholds would give: `best_exact`, `best_exact_thresh`, `best_f1`,
    ///   `best_f1_thresh`.
    /// - Throws: ``MetricError`` without questions.
    public static func squadV2(_ questions: [SquadQuestion], noAnswerThreshold: Double = 1) throws -> Metrics {
        guard !questions.isEmpty else { throw MetricError.empty(metric: "squad_v2") }
        let scored = questions.map { ScoredQuestion($0) }
        var metrics = Metrics()
        add(scored, "", noAnswerThreshold, to: &metrics)
        add(scored.filter { $0.hasAnswer }, "HasAns_", noAnswerThreshold, to: &metrics)
        add(scored.filter { !$0.hasAnswer }, "NoAns_", noAnswerThreshold, to: &metrics)
        let exact = best(scored) { $0.exact }
        let f1 = best(scored) { $0.f1 }
        metrics["best_exact"] = exact.score
        metrics["best_exact_thresh"] = exact.threshold
        metrics["best_f1"] = f1.score
        metrics["best_f1_thresh"] = f1.threshold
        return metrics
    }

    private struct ScoredQuestion {
        let exact: Double
        let f1: Double
        let hasAnswer: Bool
        let isAnswered: Bool
        let noAnswerProbability: Double

        init(_ question: SquadQuestion) {
            // Answers of articles and punctuation alone do not count.
            let kept = question.answers.filter { !AnswerText.tokens($0).isEmpty }
            let answers = kept.isEmpty ? [""] : kept
            exact = answers.contains { exactMatch(question.prediction, $0) } ? 1 : 0
            f1 = answers.map { SquadMetrics.f1(question.prediction, $0) }.max() ?? 0
            hasAnswer = !question.answers.isEmpty
            isAnswered = !question.prediction.isEmpty
            noAnswerProbability = question.noAnswerProbability
        }

        func score(_ score: Double, threshold: Double) -> Double {
            noAnswerProbability > threshold ? (hasAnswer ? 0 : 1) : score
        }
    }

    private static func add(
        _ questions: [ScoredQuestion], _ prefix: String, _ threshold: Double, to metrics: inout Metrics
    ) {
        guard !questions.isEmpty else { return }
        let count = Double(questions.count)
        metrics[prefix + "exact"] =
            100 * questions.reduce(0.0) { $0 + $1.score($1.exact, threshold: threshold) } / count
        metrics[prefix + "f1"] = 100 * questions.reduce(0.0) { $0 + $1.score($1.f1, threshold: threshold) } / count
        metrics.set(prefix + "total", .int(questions.count))
    }

    /// The threshold that gives the highest score: below it, questions count as answered.
    private static func best(
        _ questions: [ScoredQuestion], _ score: (ScoredQuestion) -> Double
    ) -> (score: Double, threshold: Double) {
        var current = Double(questions.count { !$0.hasAnswer })
        var best = (score: current, threshold: 0.0)
        let order = questions.indices.sorted {
            (questions[$0].noAnswerProbability, $0) < (questions[$1].noAnswerProbability, $1)
        }
        for question in order.map({ questions[$0] }) {
            current += question.hasAnswer ? score(question) : (question.isAnswered ? -1 : 0)
            if current > best.score { best = (current, question.noAnswerProbability) }
        }
        return (100 * best.score / Double(questions.count), best.threshold)
    }
}
