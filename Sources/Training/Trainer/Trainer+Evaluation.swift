extension Trainer {
    /// Evaluates and logs.
    ///
    /// - Parameters:
    ///   - dataset: Other data than ``evalExamples``.
    ///   - metricKeyPrefix: Put before the names of the numbers.
    /// - Returns: `eval_loss`, the numbers of `computeMetrics`, `eval_runtime` (seconds), speeds, `epoch`.
    /// - Throws: ``TrainingError`` where there is no data; what the model or `computeMetrics` throws.
    @discardableResult
    public func evaluate(_ dataset: (any TrainerDataset)? = nil, metricKeyPrefix: String = "eval") throws -> Metrics {
        guard let examples = try dataset.map({ try $0.examples(collationContext) }) ?? evalExamples else {
            throw TrainingError.argument("evaluate needs an evalDataset")
        }
        let lossOnly = arguments.predictionLossOnly || computeMetrics == nil
        let (_, metrics) = try run(examples, prefix: metricKeyPrefix, lossOnly: lossOnly)
        try log(metrics)
        var result = metrics
        result["epoch"] = state.epoch
        try callbackList.evaluate(result)
        return result
    }

    /// Predicts every row, in the data set's order.
    ///
    /// - Returns: Logits and labels where the data has some (neither with `predictionLossOnly`), and numbers with the prefix
    ///   `test_`.
    /// - Throws: As ``evaluate(_:metricKeyPrefix:)``.
    public func predict(_ dataset: any TrainerDataset, metricKeyPrefix: String = "test") throws -> PredictionOutput {
        let examples = try dataset.examples(collationContext)
        let (output, metrics) = try run(
            examples, prefix: metricKeyPrefix, lossOnly: arguments.predictionLossOnly)
        try callbackList.call { try $0.onPredict($1, metrics: metrics, control: &$2) }
        return PredictionOutput(predictions: output.predictions, labelIds: output.labels, metrics: metrics)
    }

    private var collationContext: CollationContext {
        CollationContext(
            processingClass: processingClass, inputNames: arguments.removeUnusedColumns ? model.inputNames : nil,
            labelNames: arguments.labelNames ?? ["labels"])
    }

    private func run(
        _ examples: Examples, prefix: String, lossOnly: Bool
    ) throws -> (EvaluationLoop.Output, Metrics) {
        guard examples.count > 0 else { throw TrainingError.data("the evaluation data has no rows") }
        let output = try EvaluationLoop(trainer: self, examples: examples, lossOnly: lossOnly).run()
        var metrics = Metrics()
        if let computeMetrics, let predictions = output.predictions, let labels = output.labels {
            let own = try withTorchErrors {
                try computeMetrics(
                    EvalPrediction(
                        predictions: predictions, labelIds: labels, inputs: output.inputs, losses: output.losses))
            }
            for (name, value) in own.sorted(by: { $0.key < $1.key }) {
                metrics[name.hasPrefix(prefix + "_") ? name : "\(prefix)_\(name)"] = value
            }
        }
        var result = Metrics()
        if let loss = output.loss { result["\(prefix)_loss"] = loss }
        result.merge(metrics)
        result.merge(
            SpeedMetrics.metrics(
                prefix: prefix, seconds: output.seconds, samples: Double(output.rows), steps: Double(output.batches)))
        return (output, result)
    }

    /// Compares with the best evaluation so far.
    ///
    /// - Returns: Whether this one is better.
    /// - Throws: ``TrainingError/argument(_:)`` where there is no number of that name.
    func noteBest(_ metrics: Metrics) throws -> Bool {
        guard let wanted = arguments.effectiveMetricForBestModel else { return false }
        let name = wanted.hasPrefix("eval_") ? wanted : "eval_" + wanted
        guard let value = metrics[name] else {
            throw TrainingError.argument(
                "metric_for_best_model is \(wanted), but the evaluation gave \(metrics.names.joined(separator: ", "))")
        }
        let higher = arguments.effectiveGreaterIsBetter ?? false
        guard state.bestMetric.map({ higher ? value > $0 : value < $0 }) ?? !value.isNaN else { return false }
        state.bestMetric = value
        if arguments.saveStrategy != .no { state.bestGlobalStep = state.globalStep }
        return true
    }
}
