internal import OrderedJSON

extension Trainer {
    var collationContext: CollationContext {
        CollationContext(arguments, model: model, processingClass: processingClass)
    }

    /// Names of the batch entries that are labels: the arguments', or those the model reads.
    var labelNames: [String] { arguments.labelNames ?? model.labelNames }

    /// Evaluates several sets one after the other; see `evaluate(_:ignoreKeys:metricKeyPrefix:)`.
    ///
    /// - Parameters:
    ///   - datasets: Names and data sets; the numbers of each begin with `eval_<name>_`.
    ///   - ignoreKeys: Outputs of the model that `computeMetrics` does not get; nil: those the model names.
    ///   - metricKeyPrefix: Put before the names of the numbers.
    /// - Returns: The numbers of all sets.
    @discardableResult
    public func evaluate(
        _ datasets: KeyValuePairs<String, any TrainerDataset>, ignoreKeys: [String]? = nil,
        metricKeyPrefix: String = "eval"
    ) throws -> Metrics {
        try evaluate(EvalDatasets(datasets), ignoreKeys: ignoreKeys, metricKeyPrefix: metricKeyPrefix)
    }

    func evaluateAll(
        _ dataset: (any TrainerDataset)?, ignoreKeys: [String]?, prefix: String
    ) throws -> Metrics {
        let sets = try dataset.map { try EvalSet.all(in: $0, collationContext) } ?? evalSets
        guard let first = sets.first else { throw TrainingError.argument("evaluate needs an evalDataset") }
        if first.name == nil { return try evaluateOne(first.examples, ignoreKeys: ignoreKeys, prefix: prefix) }
        var metrics = Metrics()
        for set in sets {
            metrics.merge(
                try evaluate(set.examples, ignoreKeys: ignoreKeys, metricKeyPrefix: set.prefix(prefix)))
        }
        return metrics
    }

    private func evaluateOne(_ examples: Examples, ignoreKeys: [String]?, prefix: String) throws -> Metrics {
        memoryTracker?.start(.evaluation)
        defer { memoryTracker?.stop(.evaluation) }
        let lossOnly = arguments.predictionLossOnly || computeMetrics == nil
        let (_, metrics) = try run(
            examples, evalDataLoader(examples), prefix: prefix, lossOnly: lossOnly, keepsRows: false,
            ignoreKeys: ignoreKeys)
        defer { callbackContext.prediction = nil }
        try log(metrics)
        var result = metrics
        result["epoch"] = state.epoch
        tokenMeter?.add(to: &result, state)
        try callbackList.evaluate(result)
        memoryTracker?.stop(.evaluation, adding: &result)
        return result
    }

    func predictAll(_ dataset: any TrainerDataset, ignoreKeys: [String]?, prefix: String) throws -> PredictionOutput {
        let examples = try dataset.examples(collationContext)
        memoryTracker?.start(.prediction)
        defer { memoryTracker?.stop(.prediction) }
        var (output, metrics) = try run(
            examples, testDataLoader(examples), prefix: prefix, lossOnly: arguments.predictionLossOnly,
            keepsRows: true, ignoreKeys: ignoreKeys)
        defer { callbackContext.prediction = nil }
        try callbackList.call { try $0.onPredict($1, metrics: metrics, control: &$2) }
        memoryTracker?.stop(.prediction, adding: &metrics)
        return PredictionOutput(rows: output.rows, metrics: metrics)
    }

    private func run(
        _ examples: Examples, _ loader: @autoclosure () throws -> any DataLoader, prefix: String, lossOnly: Bool,
        keepsRows: Bool, ignoreKeys: [String]?
    ) throws -> (EvaluationLoop.Output, Metrics) {
        guard examples.count > 0 else { throw TrainingError.data("the evaluation data has no rows") }
        if showsInformation {
            let title = prefix == "test" ? "Prediction" : "Evaluation"
            LiveLines.clear()
            Console.write(
                TrainingBanner.evaluation(title, rows: examples.count, batchSize: arguments.perDeviceEvalBatchSize))
        }
        let started = ContinuousClock.now
        let output = try evaluationLoop(
            loader(), predictionLossOnly: lossOnly, keepsRows: keepsRows, ignoreKeys: ignoreKeys,
            metricKeyPrefix: prefix)
        var own = output.batchMetrics ?? Metrics()
        if output.batchMetrics == nil, let part = output.rows.parts.first, hasMetricInput(part) {
            callbackContext.prediction = output.prediction
            if let computeMetrics { own = try withTorchErrors { try computeMetrics(output.prediction) } }
        }
        var metrics = prefixed(own, prefix, loss: output.loss)
        // As in Python the time of computeMetrics counts.
        metrics.merge(
            SpeedMetrics.metrics(
                prefix: prefix, seconds: (ContinuousClock.now - started) / .seconds(1),
                samples: Double(output.rowCount), steps: Double(output.batchCount)))
        return (output, metrics)
    }

    /// Python's order: what has the prefix already, the loss, and the rest.
    private func prefixed(_ own: Metrics, _ prefix: String, loss: Double?) -> Metrics {
        var result = Metrics()
        let (ready, bare) = (
            own.names.filter { $0.hasPrefix(prefix + "_") }, own.names.filter { !$0.hasPrefix(prefix + "_") }
        )
        for name in ready { result.set(name, own.json[name]) }
        if let loss { result["\(prefix)_loss"] = loss }
        for name in bare { result.set("\(prefix)_\(name)", own.json[name]) }
        return result
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
        let name = Self.evaluationName(wanted)
        guard let value = metrics[name] else {
            throw TrainingError.argument(
                "metric_for_best_model is \(wanted), but the evaluation gave \(metrics.names.joined(separator: ", "))")
        }
        return value
    }
}
