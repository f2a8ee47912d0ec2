import Foundation

/// The mean of the negative logarithms of the probabilities given to the right classes; scikit-learn's `log_loss`.
///
/// - Parameters:
///   - probabilities: The probabilities of the classes for each row, in the order of the sorted labels. They are kept
///     2.2e-16 away from 0 and 1.
///   - references: The right labels.
///   - labels: All classes in order, where some do not occur in the references.
/// - Throws: ``MetricError`` for different counts, no rows, fewer than two classes.
public func logLoss<Label: MetricLabel>(
    probabilities: [[Double]], references: [Label], labels: [Label]? = nil
) throws -> Double {
    let columns = try ClassColumns("log_loss", scores: probabilities, references: references, labels: labels)
    guard columns.classes.count > 1 else {
        throw MetricError.invalid(metric: "log_loss", reason: "only one class occurs; give all of them as labels")
    }
    let least = Double.ulpOfOne
    let sum = zip(probabilities, columns.wanted).reduce(0.0) { sum, row in
        sum - log(min(max(row.0[row.1], least), 1 - least))
    }
    return sum / Double(references.count)
}

/// As `logLoss(probabilities:references:labels:)` for two classes and the probability of the greater label.
public func logLoss<Label: MetricLabel>(
    probabilities: [Double], references: [Label], labels: [Label]? = nil
) throws -> Double {
    try logLoss(probabilities: probabilities.map { [1 - $0, $0] }, references: references, labels: labels)
}

/// How many tokens the model hesitates between: e to the power of the mean loss in nats.
///
/// - Parameter meanLoss: The mean cross entropy of a language model's tokens, such as `eval_loss`.
/// - Returns: Infinity where it is too large for a `Double`, as Hugging Face's examples have it.
public func perplexity(_ meanLoss: Double) -> Double { exp(meanLoss) }
