/// Metrics of a classifier, ready for ``Trainer``:
///
/// ```swift
/// let trainer = try Trainer(model: model, evalDataset: test, computeMetrics: ClassificationMetrics.compute)
/// ```
public enum ClassificationMetrics {
    /// `accuracy`, `precision`, `recall` and `f1` of logits `[N, classes]` or `[N, L, classes]`, or of class ids that
    /// `preprocessLogitsForMetrics` made of them; labels of -100 are left out. Of two classes class 1 is scored, of more
    /// the mean over the classes that occur (`macro`).
    ///
    /// - Throws: ``MetricError`` where the shapes do not fit, or no label counts.
    public static func compute(_ prediction: EvalPrediction) throws -> Metrics {
        var tally = ClassTally()
        try tally.add(prediction)
        return try tally.metrics()
    }

    /// The same numbers, counted batch by batch: for `batchEvalMetrics`, which keeps no logits.
    public static func batchwise() -> (EvalPrediction) throws -> Metrics {
        var tally = ClassTally()
        return { prediction in
            // A pass that an error ended leaves nothing to the next.
            if prediction.isFirstBatch { tally = ClassTally() }
            try tally.add(prediction)
            return prediction.computeResult ? try tally.metrics() : Metrics()
        }
    }
}

/// Counts of each class id over several batches.
private struct ClassTally {
    private var right: [Int] = []
    private var predicted: [Int] = []
    private var wanted: [Int] = []
    /// Classes of the logits; 0 where predictions were class ids.
    private var classes = 0

    mutating func add(_ prediction: EvalPrediction) throws {
        let (scores, labels) = (prediction.predictions, prediction.labelIds)
        if scores.dim == labels.dim + 1 { classes = max(classes, scores.size(-1)) }
        let pairs = try CountedLabels.ids("accuracy", predictions: scores, references: labels)
        guard let greatest = [pairs.predictions.max(), pairs.references.max()].compactMap({ $0 }).max() else { return }
        if greatest >= right.count {
            let more = [Int](repeating: 0, count: greatest + 1 - right.count)
            right += more
            predicted += more
            wanted += more
        }
        for (given, label) in zip(pairs.predictions, pairs.references) {
            guard given >= 0, label >= 0 else {
                throw MetricError.invalid(metric: "accuracy", reason: "\(min(given, label)) is no class id")
            }
            predicted[given] += 1
            wanted[label] += 1
            if given == label { right[given] += 1 }
        }
    }

    func metrics() throws -> Metrics {
        let rows = wanted.reduce(0, +)
        guard rows > 0 else { throw MetricError.empty(metric: "accuracy") }
        let present = wanted.indices.filter { predicted[$0] > 0 || wanted[$0] > 0 }
        let isBinary = classes == 2 || classes == 0 && wanted.count <= 2
        let scores = (isBinary ? [1] : present).map { id in
            ClassScores(
                right: id < right.count ? right[id] : 0, predicted: id < right.count ? predicted[id] : 0,
                wanted: id < right.count ? wanted[id] : 0, beta: 1, zeroDivision: .zero)
        }
        return [
            "accuracy": Double(right.reduce(0, +)) / Double(rows),
            "precision": mean(scores.map { $0.precision }), "recall": mean(scores.map { $0.recall }),
            "f1": mean(scores.map { $0.fscore }),
        ]
    }
}
