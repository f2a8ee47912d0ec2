/// How the area under the ROC curve is defined for more than two classes.
public enum MultiClass: String, Sendable, Hashable {
    /// Each class against all others.
    case ovr
    /// Each pair of classes (Hand and Till 2001).
    case ovo
}

/// The area under the ROC curve for two classes; scikit-learn's `roc_auc_score`. Ties count half.
///
/// - Parameters:
///   - scores: One score for each row, higher for the positive class; probabilities or logits.
///   - references: The right labels.
///   - posLabel: The positive class; nil: the greater of the two.
/// - Returns: 0 to 1; NaN where only one class occurs.
/// - Throws: ``MetricError`` for different counts, no rows, more than two classes, scores that are not finite.
public func rocAucScore<Label: MetricLabel>(
    scores: [Double], references: [Label], posLabel: Label? = nil
) throws -> Double {
    RankedScores(
        scores, isPositive: try isPositive("roc_auc", scores: scores, references: references, posLabel: posLabel)
    ).areaUnderCurve
}

/// The area under the ROC curve for several classes; scikit-learn's `roc_auc_score` with `multi_class`.
///
/// - Parameters:
///   - scores: The probabilities of the classes for each row, in the order of the sorted labels; each row adds up to 1.
///   - references: The right labels.
///   - multiClass: One against the rest, or one against one.
///   - average: `.macro`, `.weighted`, or with `.ovr` `.micro`.
///   - labels: All classes in order, where some do not occur in the references.
/// - Returns: 0 to 1; NaN where a class does not occur and is not weighted by its support.
/// - Throws: ``MetricError`` for different counts, no rows, rows that are no probabilities.
public func rocAucScore<Label: MetricLabel>(
    scores: [[Double]], references: [Label], multiClass: MultiClass, average: MetricAverage = .macro,
    labels: [Label]? = nil
) throws -> Double {
    let columns = try ClassColumns("roc_auc", scores: scores, references: references, labels: labels)
    guard average != .binary, multiClass == .ovr || average != .micro else {
        throw MetricError.invalid(
            metric: "roc_auc", reason: "the average \(average.rawValue) is not defined for \(multiClass.rawValue)")
    }
    for (row, values) in scores.enumerated() where abs(values.reduce(0, +) - 1) > 1e-5 {
        throw MetricError.invalid(
            metric: "roc_auc", reason: "the scores of row \(row) do not add up to 1; take the softmax of logits first")
    }
    return multiClass == .ovr
        ? columns.averaged(average) { $0.areaUnderCurve } : columns.pairwiseArea(isWeighted: average == .weighted)
}

extension ClassColumns {
    /// The mean over all pairs of classes that occur.
    fileprivate func pairwiseArea(isWeighted: Bool) -> Double {
        let rows = classes.indices.map { place in wanted.indices.filter { wanted[$0] == place } }
        let present = classes.indices.filter { !rows[$0].isEmpty }
        var sum = 0.0
        var weights = 0.0
        for (index, first) in present.enumerated() {
            for second in present[(index + 1)...] {
                let pair = rows[first] + rows[second]
                func area(_ positive: Int) -> Double {
                    RankedScores(pair.map { scores[$0][positive] }, isPositive: pair.map { wanted[$0] == positive })
                        .areaUnderCurve
                }
                let weight = isWeighted ? Double(pair.count) : 1
                sum += weight * (area(first) + area(second)) / 2
                weights += weight
            }
        }
        return weights == 0 ? .nan : sum / weights
    }
}
