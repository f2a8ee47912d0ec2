/// Metrics of a model whose rows may have several labels or none, ready for ``Trainer``:
/// `computeMetrics: MultiLabelMetrics().compute`.
public struct MultiLabelMetrics: Sendable {
    /// A label is predicted where its logit is above this; 0, a probability of one half, by default.
    public let threshold: Double

    public init(threshold: Double = 0) { self.threshold = threshold }

    /// `f1`, `precision` and `recall` (micro averages, as Hugging Face's `run_classification.py`), `f1_macro`,
    /// `f1_samples`, `accuracy` (rows whose labels are all right) and, where each label occurs and is missing somewhere,
    /// `roc_auc` (macro) of logits and labels `[N, labels]`.
    ///
    /// - Throws: ``MetricError`` where the shapes do not fit, or there are no rows.
    public func compute(_ prediction: EvalPrediction) throws -> Metrics {
        let scores = try CountedLabels.rows("multilabel", prediction.predictions)
        let references = try CountedLabels.rows("multilabel", prediction.labelIds).map { $0.map { $0 > 0.5 } }
        let result = try MultiLabelScores(
            predictions: scores.map { $0.map { $0 > threshold } }, references: references)
        let micro = result.average(.micro)
        var metrics: Metrics = [
            "f1": micro.fscore, "precision": micro.precision, "recall": micro.recall,
            "f1_macro": result.average(.macro).fscore, "f1_samples": result.average(.samples).fscore,
            "accuracy": result.subsetAccuracy,
        ]
        let area = try rocAucScore(scores: scores, references: references)
        if !area.isNaN { metrics["roc_auc"] = area }
        return metrics
    }
}
