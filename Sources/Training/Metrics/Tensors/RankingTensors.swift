/// The area under the ROC curve from tensors: scores `[N]` of the positive class and class ids `[N]`.
///
/// - Throws: As `rocAucScore(scores:references:posLabel:)`.
public func rocAucScore(scores: Tensor, references: Tensor, posLabel: Int? = nil) throws -> Double {
    try rocAucScore(
        scores: withTorchErrors { scores.array(of: Double.self) },
        references: withTorchErrors { references.array(of: Int.self) }, posLabel: posLabel)
}

/// The area under the ROC curve from tensors: probabilities `[N, classes]` and class ids `[N]`.
///
/// - Throws: As `rocAucScore(scores:references:multiClass:average:labels:)`.
public func rocAucScore(
    scores: Tensor, references: Tensor, multiClass: MultiClass, average: MetricAverage = .macro, labels: [Int]? = nil
) throws -> Double {
    try rocAucScore(
        scores: CountedLabels.rows("roc_auc", scores), references: withTorchErrors { references.array(of: Int.self) },
        multiClass: multiClass, average: average, labels: labels)
}

/// The average precision from tensors: scores `[N]` of the positive class and class ids `[N]`.
///
/// - Throws: As `averagePrecisionScore(scores:references:posLabel:)`.
public func averagePrecisionScore(scores: Tensor, references: Tensor, posLabel: Int? = nil) throws -> Double {
    try averagePrecisionScore(
        scores: withTorchErrors { scores.array(of: Double.self) },
        references: withTorchErrors { references.array(of: Int.self) }, posLabel: posLabel)
}

/// The log loss from tensors: probabilities `[N, classes]` and class ids `[N]`.
///
/// - Throws: As `logLoss(probabilities:references:labels:)`.
public func logLoss(probabilities: Tensor, references: Tensor, labels: [Int]? = nil) throws -> Double {
    try logLoss(
        probabilities: CountedLabels.rows("log_loss", probabilities),
        references: withTorchErrors { references.array(of: Int.self) }, labels: labels)
}
