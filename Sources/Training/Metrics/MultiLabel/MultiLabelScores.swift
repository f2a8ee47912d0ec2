/// How scores become one number where a row may have several labels or none; scikit-learn's words.
public enum MultiLabelAverage: String, Sendable, Hashable, CaseIterable {
    /// One score from the counts of all labels together.
    case micro
    /// The mean over the labels, each alike.
    case macro
    /// The mean over the labels, each by how many rows have it.
    case weighted
    /// The mean over the rows.
    case samples
}

/// Scores of rows that may have several labels or none: scikit-learn's metrics of indicator matrices.
///
/// ```swift
/// let scores = try MultiLabelScores(
///     predictions: [[true, false], [true, true]], references: [[true, false], [false, true]])
/// print(scores.average(.micro).fscore, scores.subsetAccuracy)
/// ```
public struct MultiLabelScores: Sendable, Hashable {
    private let predictions: [[Bool]]
    private let references: [[Bool]]
    private let zeroDivision: ZeroDivision

    /// - Parameters:
    ///   - predictions: For each row, whether it is said to have each label.
    ///   - references: For each row, whether it has each label.
    ///   - zeroDivision: What 0 / 0 is.
    /// - Throws: ``MetricError`` for different counts, or no rows or labels.
    public init(predictions: [[Bool]], references: [[Bool]], zeroDivision: ZeroDivision = .zero) throws {
        try MetricError.check("multilabel", predictions: predictions.count, references: references.count)
        let width = references[0].count
        guard width > 0 else { throw MetricError.invalid(metric: "multilabel", reason: "there are no labels") }
        for rows in [predictions, references] {
            guard let wrong = rows.firstIndex(where: { $0.count != width }) else { continue }
            throw MetricError.invalid(
                metric: "multilabel", reason: "row \(wrong) has \(rows[wrong].count) labels where row 0 has \(width)")
        }
        self.predictions = predictions
        self.references = references
        self.zeroDivision = zeroDivision
    }

    /// The scores of each label; scikit-learn's `precision_recall_fscore_support` without an average.
    ///
    /// - Parameter beta: How many times recall counts as much as precision in the F score.
    public func labels(beta: Double = 1) -> [ClassScores] {
        references[0].indices.map { label in
            scores(references.indices.map { (predictions[$0][label], references[$0][label]) }, beta)
        }
    }

    /// Precision, recall and F score together; scikit-learn's `precision_recall_fscore_support` with an average.
    ///
    /// - Parameters:
    ///   - average: How they are averaged.
    ///   - beta: How many times recall counts as much as precision in the F score.
    public func average(_ average: MultiLabelAverage, beta: Double = 1) -> ClassScores {
        let support = references.joined().count { $0 }
        func mean(_ parts: [ClassScores], weights: [Double]? = nil) -> ClassScores {
            ClassScores(
                precision: nanAverage(parts.map(\.precision), weights: weights),
                recall: nanAverage(parts.map(\.recall), weights: weights),
                fscore: nanAverage(parts.map(\.fscore), weights: weights), support: support)
        }
        switch average {
        case .micro: return scores(zip(predictions.joined(), references.joined()), beta)
        case .macro: return mean(labels(beta: beta))
        case .weighted:
            let labels = labels(beta: beta)
            return mean(labels, weights: labels.map { Double($0.support) })
        case .samples: return mean(zip(predictions, references).map { scores(zip($0, $1), beta) })
        }
    }

    /// The share of rows whose labels are all right; scikit-learn's `accuracy_score`.
    public var subsetAccuracy: Double {
        Double(zip(predictions, references).count { $0 == $1 }) / Double(references.count)
    }

    /// The share of single labels that are wrong; scikit-learn's `hamming_loss`.
    public var hammingLoss: Double {
        let wrong = zip(predictions.joined(), references.joined()).count { $0 != $1 }
        return Double(wrong) / Double(references.count * references[0].count)
    }

    private func scores(_ pairs: some Sequence<(Bool, Bool)>, _ beta: Double) -> ClassScores {
        var (right, predicted, wanted) = (0, 0, 0)
        for (given, want) in pairs {
            if given { predicted += 1 }
            if want { wanted += 1 }
            if given && want { right += 1 }
        }
        return ClassScores(
            right: right, predicted: predicted, wanted: wanted, beta: beta, zeroDivision: zeroDivision)
    }
}

/// The area under the ROC curve of rows that may have several labels; scikit-learn's `roc_auc_score` of an indicator
/// matrix.
///
/// - Parameters:
///   - scores: A score of each label for each row, higher where the row more likely has it.
///   - references: For each row, whether it has each label.
///   - average: How the labels' areas are averaged.
/// - Returns: 0 to 1; NaN where a label that is averaged, or with `.samples` a row, has all or none.
/// - Throws: ``MetricError`` for different counts, no rows, scores that are not finite.
public func rocAucScore(
    scores: [[Double]], references: [[Bool]], average: MultiLabelAverage = .macro
) throws -> Double {
    let metric = "roc_auc"
    // Rows of one width.
    _ = try MultiLabelScores(predictions: scores.map { $0.map { $0 > 0 } }, references: references)
    guard scores.joined().allSatisfy({ $0.isFinite }) else {
        throw MetricError.invalid(metric: metric, reason: "a score is not a finite number")
    }
    func area(_ scores: [Double], _ wanted: [Bool]) -> Double {
        RankedScores(scores, isPositive: wanted).areaUnderCurve
    }
    switch average {
    case .micro: return area(Array(scores.joined()), Array(references.joined()))
    case .samples: return mean(zip(scores, references).map { area($0, $1) })
    case .macro, .weighted:
        let labels = references[0].indices
        let areas = labels.map { label in area(scores.map { $0[label] }, references.map { $0[label] }) }
        guard average == .weighted else { return mean(areas) }
        let weights = labels.map { label in Double(references.count { $0[label] }) }
        let total = weights.reduce(0, +)
        if total == 0 { return 0 }
        // A label that no row has takes no part.
        return zip(areas, weights).reduce(0.0) { $0 + ($1.1 == 0 ? 0 : $1.0 * $1.1) } / total
    }
}
