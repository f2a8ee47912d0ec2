/// The mean of the precisions at every score, weighted by how much recall grows there, for two classes; scikit-learn's
/// `average_precision_score`.
///
/// - Parameters:
///   - scores: One score for each row, higher for the positive class.
///   - references: The right labels.
///   - posLabel: The positive class; nil: the greater of the two.
/// - Throws: ``MetricError`` for different counts, no rows, more than two classes, scores that are not finite.
public func averagePrecisionScore<Label: MetricLabel>(
    scores: [Double], references: [Label], posLabel: Label? = nil
) throws -> Double {
    RankedScores(
        scores,
        isPositive: try isPositive("average_precision", scores: scores, references: references, posLabel: posLabel)
    ).averagePrecision
}

/// The average precision of each class against the rest, averaged.
///
/// - Parameters:
///   - scores: The scores of the classes for each row, in the order of the sorted labels.
///   - references: The right labels.
///   - average: `.macro`, `.weighted` or `.micro`.
///   - labels: All classes in order, where some do not occur in the references.
/// - Throws: ``MetricError`` for different counts or no rows.
public func averagePrecisionScore<Label: MetricLabel>(
    scores: [[Double]], references: [Label], average: MetricAverage = .macro, labels: [Label]? = nil
) throws -> Double {
    let columns = try ClassColumns("average_precision", scores: scores, references: references, labels: labels)
    guard average != .binary else {
        throw MetricError.invalid(
            metric: "average_precision", reason: "the average binary takes one score a row")
    }
    return columns.averaged(average) { $0.averagePrecision }
}
