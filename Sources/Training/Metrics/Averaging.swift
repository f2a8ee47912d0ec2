/// What labels of classes may be: `Int`, `String`, or anything else that can be ordered.
public typealias MetricLabel = Comparable & Hashable & Sendable

/// How scores of classes become one number, with scikit-learn's words.
public enum MetricAverage: String, Sendable, Hashable, CaseIterable {
    /// The score of the positive class alone; for labels of two classes.
    case binary
    /// One score from the counts of all classes together.
    case micro
    /// The mean over the classes, each alike.
    case macro
    /// The mean over the classes, each by how many references it has.
    case weighted
}

/// What a score is where it would be 0 / 0: precision of a class that was never predicted, recall of one that never
/// occurs. scikit-learn's `zero_division`.
public enum ZeroDivision: Sendable, Hashable {
    /// 0, scikit-learn's default (which warns besides).
    case zero
    /// 1.
    case one
    /// NaN, which averages leave out.
    case nan

    var value: Double {
        switch self {
        case .zero: 0
        case .one: 1
        case .nan: .nan
        }
    }

    func divide(_ numerator: Double, _ denominator: Double) -> Double {
        denominator == 0 ? value : numerator / denominator
    }
}

/// The mean of the values that are not NaN. Weights that are all 0 are left out of account, as scikit-learn does.
func nanAverage(_ values: [Double], weights: [Double]? = nil) -> Double {
    let kept = values.indices.filter { !values[$0].isNaN }
    guard !kept.isEmpty else { return .nan }
    if let weights {
        let total = kept.reduce(0.0) { $0 + weights[$1] }
        if total != 0 { return kept.reduce(0.0) { $0 + values[$1] * weights[$1] } / total }
    }
    return kept.reduce(0.0) { $0 + values[$1] } / Double(kept.count)
}
