extension Trainer {
    /// Whether the metric that chooses the best model can be there: without `computeMetrics` only the loss and the speeds
    /// are. What `computeMetrics` gives is known after the first evaluation.
    ///
    /// - Throws: ``TrainingError/argument(_:)`` that names the metrics there will be.
    func checkMetricForBestModel() throws {
        guard arguments.evalStrategy != .no, let wanted = arguments.effectiveMetricForBestModel,
            computeMetrics == nil || arguments.predictionLossOnly, type(of: self) == Trainer.self
        else { return }
        let name = Self.evaluationName(wanted)
        let endings = ["loss", "runtime", "samples_per_second", "steps_per_second"]
        let known = evalSets.flatMap { set in endings.map { "\(set.prefix("eval"))_\($0)" } }
        guard !known.contains(name) else { return }
        let losses = known.filter { $0.hasSuffix("_loss") }.joined(separator: ", ")
        throw TrainingError.argument(
            "metric_for_best_model is \(wanted), but evaluation gives only \(losses) and speeds: "
                + (computeMetrics == nil ? "there is no computeMetrics" : "prediction_loss_only is set"))
    }

    /// The metric's name in the result of an evaluation.
    static func evaluationName(_ metric: String) -> String { metric.hasPrefix("eval_") ? metric : "eval_" + metric }
}
