/// The share of equal entries; labels of -100 are left out. NaN where none is left.
///
/// - Parameters:
///   - predictions: Class ids `[…]`.
///   - labels: Class ids of the same shape.
public func accuracy(_ predictions: Tensor, _ labels: Tensor) -> Double {
    let counted = labels.ne(-100)
    let right = predictions.eq(labels).logicalAnd(counted).sum().item()
    return right / counted.sum().item()
}

/// The share of predictions that equal their references; scikit-learn's `accuracy_score`.
///
/// - Throws: ``MetricError`` for different counts or no rows.
public func accuracyScore<Label: Equatable>(predictions: [Label], references: [Label]) throws -> Double {
    try MetricError.check("accuracy", predictions: predictions.count, references: references.count)
    return Double(zip(predictions, references).count { $0 == $1 }) / Double(references.count)
}

/// The mean of the classes' recalls, over the classes that occur in the references; scikit-learn's
/// `balanced_accuracy_score`.
///
/// - Throws: ``MetricError`` for different counts or no rows.
public func balancedAccuracyScore<Label: MetricLabel>(predictions: [Label], references: [Label]) throws -> Double {
    let counts = try ClassCounts(
        "balanced_accuracy", predictions: predictions, references: references, labels: nil)
    return nanAverage(counts.scores(beta: 1, zeroDivision: .nan).map { $0.recall })
}
