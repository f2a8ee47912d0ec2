extension Trainer {
    func performEvaluation(_ dataset: (any TrainerDataset)?, metricKeyPrefix: String) throws -> Metrics {
        guard let examples = try dataset.map({ try $0.examples(collationContext) }) ?? evalExamples else {
            throw TrainingError.argument("evaluate needs an evalDataset")
        }
        memoryTracker?.start(.evaluation)
        defer { memoryTracker?.stop(.evaluation) }
        let lossOnly = arguments.predictionLossOnly || computeMetrics == nil
        let (_, metrics) = try run(examples, evalDataLoader(examples), prefix: metricKeyPrefix, lossOnly: lossOnly)
        defer { callbackContext.prediction = nil }
        try log(metrics)
        var result = metrics
        result["epoch"] = state.epoch
        tokenMeter?.add(to: &result, state)
        try callbackList.evaluate(result)
        memoryTracker?.stop(.evaluation, adding: &result)
        return result
    }

    func performPrediction(_ dataset: any TrainerDataset, metricKeyPrefix: String) throws -> PredictionOutput {
        let examples = try dataset.examples(collationContext)
        memoryTracker?.start(.prediction)
        defer { memoryTracker?.stop(.prediction) }
        var (output, metrics) = try run(
            examples, testDataLoader(examples), prefix: metricKeyPrefix, lossOnly: arguments.predictionLossOnly)
        defer { callbackContext.prediction = nil }
        try callbackList.call { try $0.onPredict($1, metrics: metrics, control: &$2) }
        memoryTracker?.stop(.prediction, adding: &metrics)
        return PredictionOutput(predictions: output.predictions, labelIds: output.labels, metrics: metrics)
    }

    private var collationContext: CollationContext {
        CollationContext(arguments, model: model, processingClass: processingClass)
    }

    private func run(
        _ examples: Examples, _ loader: @autoclosure () throws -> any DataLoader, prefix: String, lossOnly: Bool
    ) throws -> (EvaluationLoop.Output, Metrics) {
        guard examples.count > 0 else { throw TrainingError.data("the evaluation data has no rows") }
        if arguments.logLevel.showsInformation {
            let title = prefix == "test" ? "Prediction" : "Evaluation"
            LiveLines.clear()
            Console.write(
                TrainingBanner.evaluation(title, rows: examples.count, batchSize: arguments.perDeviceEvalBatchSize))
        }
        let output = try evaluationLoop(loader(), predictionLossOnly: lossOnly, metricKeyPrefix: prefix)
        var metrics = Metrics()
        callbackContext.prediction = output.prediction
        if let computeMetrics, let prediction = output.prediction {
            let own = try withTorchErrors { try computeMetrics(prediction) }
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
        let value = try metric(wanted, in: metrics)
        let higher = arguments.effectiveGreaterIsBetter ?? false
        guard state.bestMetric.map({ higher ? value > $0 : value < $0 }) ?? !value.isNaN else { return false }
        state.bestMetric = value
        if arguments.saveStrategy != .no { state.bestGlobalStep = state.globalStep }
        return true
    }

    /// The number that an argument wants of an evaluation, by its name with or without `eval_`.
    func metric(_ wanted: String, in metrics: Metrics) throws -> Double {
        let name = wanted.hasPrefix("eval_") ? wanted : "eval_" + wanted
        guard let value = metrics[name] else {
            throw TrainingError.argument(
                "metric_for_best_model is \(wanted), but the evaluation gave \(metrics.names.joined(separator: ", "))")
        }
        return value
    }
}
