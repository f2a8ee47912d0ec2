/// Input that a metric is not defined for.
public enum MetricError: Error, Hashable, CustomStringConvertible {
    /// Not as many predictions as references.
    case countMismatch(metric: String, predictions: Int, references: Int)
    /// Nothing to compute from.
    case empty(metric: String)
    /// Anything else that does not fit, in words.
    case invalid(metric: String, reason: String)

    public var description: String {
        switch self {
        case .countMismatch(let metric, let predictions, let references):
            "\(metric): \(predictions) predictions for \(references) references"
        case .empty(let metric): "\(metric): there are no references"
        case .invalid(let metric, let reason): "\(metric): \(reason)"
        }
    }

    /// Throws unless there are as many of both, and some.
    static func check(_ metric: String, predictions: Int, references: Int) throws(MetricError) {
        guard predictions == references else {
            throw .countMismatch(metric: metric, predictions: predictions, references: references)
        }
        guard references > 0 else { throw .empty(metric: metric) }
    }
}
