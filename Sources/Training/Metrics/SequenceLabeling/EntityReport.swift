/// Scores of entities in tagged sentences, as seqeval and Hugging Face's metric `seqeval` compute them: an entity counts
/// as found where its type and all its tokens are right.
///
/// ```swift
/// let report = try EntityReport(
///     predictions: [["B-PER", "I-PER", "O"]], references: [["B-PER", "I-PER", "O"]])
/// print(report.micro.fscore, report)
/// ```
public struct EntityReport: Sendable, Hashable {
    /// Scores of one type of entity.
    public struct Entry: Sendable, Hashable {
        public let type: String
        public let scores: ClassScores
    }

    /// The types that occur on either side, sorted.
    public let types: [Entry]
    /// All entities together: Hugging Face's `overall_precision`, `overall_recall`, `overall_f1`. The default.
    public let micro: ClassScores
    /// The mean over the types; NaN where there is no entity.
    public let macro: ClassScores
    /// The mean over the types, each by its references.
    public let weighted: ClassScores
    /// The share of tokens whose tag is right.
    public let accuracy: Double

    /// - Parameters:
    ///   - predictions: A tag for each token of each sentence.
    ///   - references: The right tags.
    ///   - scheme: Finds entities strictly by this scheme (seqeval's `mode="strict"`); nil: as conlleval does, whatever
    ///     the scheme.
    ///   - suffix: Whether the prefix stands at the end, as in `PER-B`.
    ///   - zeroDivision: What precision and recall of nothing are; 0 or 1.
    /// - Throws: ``MetricError`` for different counts, no token, a tag that is empty or none of the scheme.
    public init(
        predictions: [[String]], references: [[String]], scheme: TaggingScheme? = nil, suffix: Bool = false,
        zeroDivision: ZeroDivision = .zero
    ) throws {
        try MetricError.check("seqeval", predictions: predictions.count, references: references.count)
        for (sentence, (given, wanted)) in zip(predictions, references).enumerated() where given.count != wanted.count {
            throw MetricError.invalid(
                metric: "seqeval", reason: "sentence \(sentence): \(given.count) predictions for \(wanted.count) tokens"
            )
        }
        let tokens = references.reduce(0) { $0 + $1.count }
        guard tokens > 0 else { throw MetricError.empty(metric: "seqeval") }
        accuracy =
            Double(zip(predictions, references).reduce(0) { $0 + zip($1.0, $1.1).count { $0 == $1 } }) / Double(tokens)

        let given = try EntityFinder.entities(in: predictions, scheme: scheme, suffix: suffix)
        let wanted = try EntityFinder.entities(in: references, scheme: scheme, suffix: suffix)
        let right = Self.counts(given.intersection(wanted))
        let (predicted, expected) = (Self.counts(given), Self.counts(wanted))
        types = Set(predicted.keys).union(expected.keys).sorted().map { type in
            Entry(
                type: type,
                scores: .entities(
                    right: right[type] ?? 0, predicted: predicted[type] ?? 0, wanted: expected[type] ?? 0, zeroDivision)
            )
        }
        micro = .entities(
            right: given.intersection(wanted).count, predicted: given.count, wanted: wanted.count, zeroDivision)
        macro = Self.average(types, weights: nil, support: wanted.count)
        if wanted.isEmpty {
            let nothing = given.isEmpty ? zeroDivision.value : 0
            weighted = ClassScores(precision: nothing, recall: zeroDivision.value, fscore: nothing, support: 0)
        } else {
            weighted = Self.average(types, weights: types.map { Double($0.scores.support) }, support: wanted.count)
        }
    }

    private static func counts(_ entities: Set<TaggedEntity>) -> [String: Int] {
        Dictionary(entities.map { ($0.type, 1) }, uniquingKeysWith: +)
    }

    private static func average(_ types: [Entry], weights: [Double]?, support: Int) -> ClassScores {
        func mean(_ path: KeyPath<ClassScores, Double>) -> Double {
            nanAverage(types.map { $0.scores[keyPath: path] }, weights: weights)
        }
        return ClassScores(
            precision: mean(\.precision), recall: mean(\.recall), fscore: mean(\.fscore), support: support)
    }

    /// The numbers by the names of Hugging Face's token classification examples: `precision`, `recall`, `f1`, `accuracy`.
    ///
    /// - Parameter entityLevel: Whether each type's numbers are there too: `PER_precision`, …, `PER_number`, and the
    ///   overall ones are called `overall_precision` and so on.
    public func metrics(entityLevel: Bool = false) -> Metrics {
        var metrics = Metrics()
        if entityLevel {
            for entry in types {
                metrics["\(entry.type)_precision"] = entry.scores.precision
                metrics["\(entry.type)_recall"] = entry.scores.recall
                metrics["\(entry.type)_f1"] = entry.scores.fscore
                metrics["\(entry.type)_number"] = Double(entry.scores.support)
            }
        }
        let prefix = entityLevel ? "overall_" : ""
        metrics[prefix + "precision"] = micro.precision
        metrics[prefix + "recall"] = micro.recall
        metrics[prefix + "f1"] = micro.fscore
        metrics[prefix + "accuracy"] = accuracy
        return metrics
    }

    /// seqeval's table, numbers with so many digits after the point.
    public func text(digits: Int = 2) -> String {
        let table = ReportTable(names: types.map { $0.type }, digits: digits)
        return table.head + types.map { table.row($0.type, $0.scores) }.joined() + "\n"
            + table.row("micro avg", micro) + table.row("macro avg", macro) + table.row("weighted avg", weighted)
    }
}

extension EntityReport: CustomStringConvertible {
    public var description: String { text() }
}

extension ClassScores {
    /// seqeval's rule: the F score follows from precision and recall, and is 0 where both are.
    fileprivate static func entities(
        right: Int, predicted: Int, wanted: Int, _ zeroDivision: ZeroDivision
    ) -> ClassScores {
        let precision = zeroDivision.divide(Double(right), Double(predicted))
        let recall = zeroDivision.divide(Double(right), Double(wanted))
        let sum = precision + recall
        return ClassScores(
            precision: precision, recall: recall, fscore: sum == 0 ? 0 : 2 * precision * recall / sum, support: wanted)
    }
}
