// Metrics of classes from tensors. Predictions are class ids of the labels' shape, or scores with one more dimension, of
// which the highest counts; labels of -100 are left out.

/// Precision, recall and F score from tensors; see
/// `precisionRecallFscoreSupport(predictions:references:average:labels:posLabel:beta:zeroDivision:)`.
public func precisionRecallFscoreSupport(
    predictions: Tensor, references: Tensor, average: MetricAverage, labels: [Int]? = nil, posLabel: Int? = nil,
    beta: Double = 1, zeroDivision: ZeroDivision = .zero
) throws -> ClassScores {
    let pairs = try CountedLabels.ids(
        "precision_recall_fscore_support", predictions: predictions, references: references)
    return try precisionRecallFscoreSupport(
        predictions: pairs.predictions, references: pairs.references, average: average, labels: labels,
        posLabel: posLabel, beta: beta, zeroDivision: zeroDivision)
}

/// Precision from tensors; see `precisionScore(predictions:references:average:labels:posLabel:zeroDivision:)`.
public func precisionScore(
    predictions: Tensor, references: Tensor, average: MetricAverage = .binary, labels: [Int]? = nil,
    posLabel: Int? = nil, zeroDivision: ZeroDivision = .zero
) throws -> Double {
    let pairs = try CountedLabels.ids("precision", predictions: predictions, references: references)
    return try precisionScore(
        predictions: pairs.predictions, references: pairs.references, average: average, labels: labels,
        posLabel: posLabel, zeroDivision: zeroDivision)
}

/// Recall from tensors; see `recallScore(predictions:references:average:labels:posLabel:zeroDivision:)`.
public func recallScore(
    predictions: Tensor, references: Tensor, average: MetricAverage = .binary, labels: [Int]? = nil,
    posLabel: Int? = nil, zeroDivision: ZeroDivision = .zero
) throws -> Double {
    let pairs = try CountedLabels.ids("recall", predictions: predictions, references: references)
    return try recallScore(
        predictions: pairs.predictions, references: pairs.references, average: average, labels: labels,
        posLabel: posLabel, zeroDivision: zeroDivision)
}

/// F1 from tensors; see `f1Score(predictions:references:average:labels:posLabel:zeroDivision:)`.
public func f1Score(
    predictions: Tensor, references: Tensor, average: MetricAverage = .binary, labels: [Int]? = nil,
    posLabel: Int? = nil, zeroDivision: ZeroDivision = .zero
) throws -> Double {
    let pairs = try CountedLabels.ids("f1", predictions: predictions, references: references)
    return try f1Score(
        predictions: pairs.predictions, references: pairs.references, average: average, labels: labels,
        posLabel: posLabel, zeroDivision: zeroDivision)
}

/// The share of right predictions from tensors; throws where ``accuracy(_:_:)`` would give NaN or stop.
public func accuracyScore(predictions: Tensor, references: Tensor) throws -> Double {
    let pairs = try CountedLabels.ids("accuracy", predictions: predictions, references: references)
    return try accuracyScore(predictions: pairs.predictions, references: pairs.references)
}

/// Matthews' correlation coefficient from tensors; see `matthewsCorrcoef(predictions:references:)`.
public func matthewsCorrcoef(predictions: Tensor, references: Tensor) throws -> Double {
    let pairs = try CountedLabels.ids("matthews_corrcoef", predictions: predictions, references: references)
    return try matthewsCorrcoef(predictions: pairs.predictions, references: pairs.references)
}

extension ConfusionMatrix where Label == Int {
    /// From tensors; see `init(predictions:references:labels:)`.
    public init(predictions: Tensor, references: Tensor, labels: [Int]? = nil) throws {
        let pairs = try CountedLabels.ids("confusion_matrix", predictions: predictions, references: references)
        try self.init(predictions: pairs.predictions, references: pairs.references, labels: labels)
    }
}

extension ClassificationReport where Label == Int {
    /// From tensors; see `init(predictions:references:labels:targetNames:zeroDivision:)`.
    public init(
        predictions: Tensor, references: Tensor, labels: [Int]? = nil, targetNames: [String]? = nil,
        zeroDivision: ZeroDivision = .zero
    ) throws {
        let pairs = try CountedLabels.ids("classification_report", predictions: predictions, references: references)
        try self.init(
            predictions: pairs.predictions, references: pairs.references, labels: labels, targetNames: targetNames,
            zeroDivision: zeroDivision)
    }
}
