/// How often each class was taken for each: scikit-learn's `confusion_matrix`.
public struct ConfusionMatrix<Label: MetricLabel>: Sendable, Hashable {
    /// The classes of rows and columns.
    public let labels: [Label]
    /// `counts[i][j]`: rows of class `labels[i]` for which `labels[j]` was predicted.
    public let counts: [[Int]]

    /// Over what a normalised matrix adds up to 1.
    public enum Normalization: String, Sendable, Hashable {
        /// The predictions of each true class: each row.
        case `true`
        /// The true classes of each prediction: each column.
        case pred
        /// All.
        case all
    }

    /// - Parameters:
    ///   - predictions: A label for each row.
    ///   - references: The right labels.
    ///   - labels: The classes, in this order; rows with another on either side are left out. nil: all that occur, sorted.
    /// - Throws: ``MetricError`` for different counts, no rows, or `labels` of which the references have none.
    public init(predictions: [Label], references: [Label], labels: [Label]? = nil) throws {
        try MetricError.check("confusion_matrix", predictions: predictions.count, references: references.count)
        let classes = labels ?? Set(predictions).union(references).sorted()
        let places = Dictionary(classes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        guard places.count == classes.count else {
            throw MetricError.invalid(metric: "confusion_matrix", reason: "a label is given twice")
        }
        guard references.contains(where: { places[$0] != nil }) else {
            throw MetricError.invalid(
                metric: "confusion_matrix", reason: "none of the labels given occurs in the references")
        }
        var counts = Array(repeating: Array(repeating: 0, count: classes.count), count: classes.count)
        for (prediction, reference) in zip(predictions, references) {
            guard let row = places[reference], let column = places[prediction] else { continue }
            counts[row][column] += 1
        }
        self.labels = classes
        self.counts = counts
    }

    /// A matrix that was counted elsewhere.
    init(labels: [Label], counts: [[Int]]) {
        self.labels = labels
        self.counts = counts
    }

    /// Shares instead of counts; 0 where there is nothing to divide by.
    public func normalized(_ normalization: Normalization) -> [[Double]] {
        let rowSums = counts.map { $0.reduce(0, +) }
        let columnSums = labels.indices.map { column in counts.reduce(0) { $0 + $1[column] } }
        let all = rowSums.reduce(0, +)
        return counts.indices.map { row in
            labels.indices.map { column in
                let total =
                    switch normalization {
                    case .true: rowSums[row]
                    case .pred: columnSums[column]
                    case .all: all
                    }
                return total == 0 ? 0 : Double(counts[row][column]) / Double(total)
            }
        }
    }
}

extension ConfusionMatrix: CustomStringConvertible {
    /// A table with the true classes as rows and the predicted ones as columns.
    public var description: String {
        let names = labels.map { "\($0)" }
        let cells = counts.map { $0.map { "\($0)" } }
        let width = (names + cells.joined()).map { $0.count }.max() ?? 0
        func line(_ head: String, _ entries: [String]) -> String {
            ([head] + entries).map { padded($0, to: width) }.joined(separator: "  ")
        }
        return ([line("", names)] + zip(names, cells).map { line($0, $1) }).joined(separator: "\n")
    }
}

/// The text with spaces before it.
func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.unicodeScalars.count)) + text
}
