import Foundation

/// Scores of all classes and their averages: scikit-learn's `classification_report`. Printed, it is the same table.
public struct ClassificationReport<Label: MetricLabel>: Sendable, Hashable {
    /// One class.
    public struct Entry: Sendable, Hashable {
        public let label: Label
        /// What the table shows.
        public let name: String
        public let scores: ClassScores
    }

    /// The classes in order.
    public let classes: [Entry]
    /// The share of right predictions; nil where `labels` leaves out a class that occurs, and ``micro`` is shown instead.
    public let accuracy: Double?
    public let micro: ClassScores
    public let macro: ClassScores
    public let weighted: ClassScores

    /// - Parameters:
    ///   - predictions: A label for each row.
    ///   - references: The right labels.
    ///   - labels: The classes that are reported, in this order; nil: all that occur, sorted.
    ///   - targetNames: What the table calls them; nil: the labels themselves.
    ///   - zeroDivision: What 0 / 0 is.
    /// - Throws: ``MetricError`` for different counts, no rows, or another number of names than of classes.
    public init(
        predictions: [Label], references: [Label], labels: [Label]? = nil, targetNames: [String]? = nil,
        zeroDivision: ZeroDivision = .zero
    ) throws {
        let counts = try ClassCounts(
            "classification_report", predictions: predictions, references: references, labels: labels)
        if let targetNames, targetNames.count != counts.labels.count {
            throw MetricError.invalid(
                metric: "classification_report",
                reason: "\(targetNames.count) target names for \(counts.labels.count) classes")
        }
        let scores = counts.scores(beta: 1, zeroDivision: zeroDivision)
        classes = counts.labels.indices.map {
            Entry(label: counts.labels[$0], name: targetNames?[$0] ?? "\(counts.labels[$0])", scores: scores[$0])
        }
        micro = counts.average(.micro, beta: 1, zeroDivision: zeroDivision)
        macro = counts.average(.macro, beta: 1, zeroDivision: zeroDivision)
        weighted = counts.average(.weighted, beta: 1, zeroDivision: zeroDivision)
        accuracy = Set(counts.labels).isSuperset(of: counts.present) ? micro.precision : nil
    }

    /// The table, numbers with so many digits after the point.
    public func text(digits: Int = 2) -> String {
        let table = ReportTable(names: classes.map { $0.name }, digits: digits)
        var text = table.head + classes.map { table.row($0.name, $0.scores) }.joined() + "\n"
        if let accuracy {
            text += table.row("accuracy", last: accuracy, support: micro.support)
        } else {
            text += table.row("micro avg", micro)
        }
        return text + table.row("macro avg", macro) + table.row("weighted avg", weighted)
    }
}

extension ClassificationReport: CustomStringConvertible {
    public var description: String { text() }
}

/// scikit-learn's layout of a report.
struct ReportTable {
    private let width: Int
    private let digits: Int

    init(names: [String], digits: Int) {
        width = max((names.map { $0.unicodeScalars.count }.max() ?? 0), "weighted avg".count, digits)
        self.digits = digits
    }

    var head: String {
        line("", ["precision", "recall", "f1-score", "support"]) + "\n"
    }

    func row(_ name: String, _ scores: ClassScores) -> String {
        line(name, [number(scores.precision), number(scores.recall), number(scores.fscore), "\(scores.support)"])
    }

    func row(_ name: String, last: Double, support: Int) -> String {
        line(name, ["", "", number(last), "\(support)"])
    }

    private func number(_ value: Double) -> String {
        value.isNaN ? "nan" : String(format: "%.\(digits)f", value)
    }

    private func line(_ name: String, _ columns: [String]) -> String {
        padded(name, to: width) + " " + columns.map { " " + padded($0, to: 9) }.joined() + "\n"
    }
}
