/// Precision, recall, F score and support of each class: scikit-learn's `precision_recall_fscore_support` without an
/// average.
///
/// - Parameters:
///   - predictions: A label for each row.
///   - references: The right labels.
///   - labels: The classes that are scored, in this order; nil: all that occur, sorted.
///   - beta: How many times recall counts as much as precision in the F score.
///   - zeroDivision: What 0 / 0 is.
/// - Returns: One entry for each class.
/// - Throws: ``MetricError`` for different counts, no rows, a negative `beta`.
public func precisionRecallFscoreSupport<Label: MetricLabel>(
    predictions: [Label], references: [Label], labels: [Label]? = nil, beta: Double = 1,
    zeroDivision: ZeroDivision = .zero
) throws -> [(label: Label, scores: ClassScores)] {
    let counts = try ClassCounts(
        "precision_recall_fscore_support", predictions: predictions, references: references, labels: labels)
    try checkBeta(beta)
    return Array(zip(counts.labels, counts.scores(beta: beta, zeroDivision: zeroDivision)))
}

/// Precision, recall and F score of all classes together: scikit-learn's `precision_recall_fscore_support` with an average.
///
/// - Parameters:
///   - predictions: A label for each row.
///   - references: The right labels.
///   - average: How the classes are averaged. `.binary` scores `posLabel` alone.
///   - labels: As above; not read for `.binary`.
///   - posLabel: The positive class of `.binary`; nil: 1 where labels are `Int`.
///   - beta: How many times as much recall counts as precision in the F score.
///   - zeroDivision: What stands where there is nothing to divide by.
/// - Throws: ``MetricError``, also where `.binary` meets more than two classes or does not know the positive one.
public func precisionRecallFscoreSupport<Label: MetricLabel>(
    predictions: [Label], references: [Label], average: MetricAverage, labels: [Label]? = nil, posLabel: Label? = nil,
    beta: Double = 1, zeroDivision: ZeroDivision = .zero
) throws -> ClassScores {
    try averagedScores(
        "precision_recall_fscore_support", predictions, references, average, labels, posLabel, beta, zeroDivision)
}

/// The share of predictions of a class that are right, averaged; scikit-learn's `precision_score`.
///
/// Parameters and errors are those of
/// `precisionRecallFscoreSupport(predictions:references:average:labels:posLabel:beta:zeroDivision:)`.
public func precisionScore<Label: MetricLabel>(
    predictions: [Label], references: [Label], average: MetricAverage = .binary, labels: [Label]? = nil,
    posLabel: Label? = nil, zeroDivision: ZeroDivision = .zero
) throws -> Double {
    try averagedScores("precision", predictions, references, average, labels, posLabel, 1, zeroDivision).precision
}

/// The share of a class's references that were found, averaged; scikit-learn's `recall_score`.
///
/// Parameters and errors are those of
/// `precisionRecallFscoreSupport(predictions:references:average:labels:posLabel:beta:zeroDivision:)`.
public func recallScore<Label: MetricLabel>(
    predictions: [Label], references: [Label], average: MetricAverage = .binary, labels: [Label]? = nil,
    posLabel: Label? = nil, zeroDivision: ZeroDivision = .zero
) throws -> Double {
    try averagedScores("recall", predictions, references, average, labels, posLabel, 1, zeroDivision).recall
}

/// The harmonic mean of precision and recall, averaged; scikit-learn's `f1_score`.
///
/// Parameters and errors are those of
/// `precisionRecallFscoreSupport(predictions:references:average:labels:posLabel:beta:zeroDivision:)`.
public func f1Score<Label: MetricLabel>(
    predictions: [Label], references: [Label], average: MetricAverage = .binary, labels: [Label]? = nil,
    posLabel: Label? = nil, zeroDivision: ZeroDivision = .zero
) throws -> Double {
    try averagedScores("f1", predictions, references, average, labels, posLabel, 1, zeroDivision).fscore
}

/// The mean of precision and recall in which recall counts `beta` times as much; scikit-learn's `fbeta_score`.
///
/// Parameters and errors are those of
/// `precisionRecallFscoreSupport(predictions:references:average:labels:posLabel:beta:zeroDivision:)`.
public func fbetaScore<Label: MetricLabel>(
    predictions: [Label], references: [Label], beta: Double, average: MetricAverage = .binary, labels: [Label]? = nil,
    posLabel: Label? = nil, zeroDivision: ZeroDivision = .zero
) throws -> Double {
    try averagedScores("fbeta", predictions, references, average, labels, posLabel, beta, zeroDivision).fscore
}

private func averagedScores<Label: MetricLabel>(
    _ metric: String, _ predictions: [Label], _ references: [Label], _ average: MetricAverage, _ labels: [Label]?,
    _ posLabel: Label?, _ beta: Double, _ zeroDivision: ZeroDivision
) throws -> ClassScores {
    try checkBeta(beta)
    guard average == .binary else {
        return try ClassCounts(metric, predictions: predictions, references: references, labels: labels)
            .average(average, beta: beta, zeroDivision: zeroDivision)
    }
    guard let positive = posLabel ?? (1 as? Label) else {
        throw MetricError.invalid(metric: metric, reason: "the average binary needs posLabel, the positive class")
    }
    let counts = try ClassCounts(metric, predictions: predictions, references: references, labels: [positive])
    guard counts.present.count <= 2 else {
        throw MetricError.invalid(
            metric: metric,
            reason: "the average binary is for two classes, and there are \(counts.present.count); choose another")
    }
    guard counts.present.contains(positive) || counts.present.count < 2 else {
        throw MetricError.invalid(
            metric: metric,
            reason:
                "the positive class \(positive) is none of \(counts.present.map { "\($0)" }.joined(separator: ", "))"
        )
    }
    return counts.average(.binary, beta: beta, zeroDivision: zeroDivision)
}

private func checkBeta(_ beta: Double) throws {
    guard beta >= 0 else {
        throw MetricError.invalid(metric: "fbeta", reason: "beta is \(beta), and must be 0 or more")
    }
}
