/// Exact match and F1 of answers that are pieces of a text, as SQuAD's scripts define them.
public enum SquadMetrics {
    /// Whether both answers are the same words, apart from case, punctuation, articles and white space.
    public static func exactMatch(_ prediction: String, _ answer: String) -> Bool {
        AnswerText.tokens(prediction) == AnswerText.tokens(answer)
    }

    /// The harmonic mean of the shares of common words, 0 to 1; SQuAD 2's rule where one side is empty: 1 if both are.
    public static func f1(_ prediction: String, _ answer: String) -> Double {
        let wanted = AnswerText.tokens(answer)
        let given = AnswerText.tokens(prediction)
        if wanted.isEmpty || given.isEmpty { return wanted == given ? 1 : 0 }
        return overlap(given, wanted)
    }

    /// The mean exact match and F1 over questions, each against the best of its answers; Hugging Face's metric `squad`.
    ///
    /// - Parameters:
    ///   - predictions: An answer for each question.
    ///   - references: The right answers of each question, at least one.
    /// - Returns: Both from 0 to 100.
    /// - Throws: ``MetricError`` for different counts, no questions, or one without answers.
    public static func squad(
        predictions: [String], references: [[String]]
    ) throws -> (exactMatch: Double, f1: Double) {
        try MetricError.check("squad", predictions: predictions.count, references: references.count)
        if let question = references.firstIndex(where: { $0.isEmpty }) {
            throw MetricError.invalid(
                metric: "squad", reason: "question \(question) has no answers; that is what squadV2 is for")
        }
        var exact = 0.0
        var f1 = 0.0
        for (prediction, answers) in zip(predictions, references) {
            let given = AnswerText.tokens(prediction)
            let wanted = answers.map { AnswerText.tokens($0) }
            exact += wanted.contains(given) ? 1 : 0
            f1 += wanted.map { overlap(given, $0) }.max() ?? 0
        }
        let scale = 100 / Double(references.count)
        return (exact * scale, f1 * scale)
    }

    /// 0 without a common word.
    private static func overlap(_ given: [AnswerText.Word], _ wanted: [AnswerText.Word]) -> Double {
        var left = Dictionary(wanted.map { ($0, 1) }, uniquingKeysWith: +)
        var common = 0
        for token in given {
            guard let count = left[token], count > 0 else { continue }
            left[token] = count - 1
            common += 1
        }
        guard common > 0 else { return 0 }
        let precision = Double(common) / Double(given.count)
        let recall = Double(common) / Double(wanted.count)
        return 2 * precision * recall / (precision + recall)
    }
}
