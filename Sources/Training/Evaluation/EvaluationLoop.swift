/// One pass over a data set without training: losses, predictions and labels.
struct EvaluationLoop {
    let trainer: Trainer
    let examples: Examples
    /// Whether logits and labels are thrown away.
    let lossOnly: Bool
    /// Whether logits and labels are kept with `batchEvalMetrics` too.
    let keepsRows: Bool
    /// Outputs that are thrown away.
    let ignoreKeys: [String]

    struct Output {
        var rows = GatheredRows()
        /// Mean of the rows' losses; nil where there are no labels.
        var loss: Double?
        /// What `computeMetrics` gave for the last batch; nil without `batchEvalMetrics`.
        var batchMetrics: Metrics?
        var rowCount = 0
        var batchCount = 0
    }

    private var arguments: TrainingArguments { trainer.arguments }
    private var metricsByBatch: Bool { arguments.batchEvalMetrics && trainer.computeMetrics != nil && !lossOnly }

    func run() throws -> Output {
        let order = EvaluationOrder(
            examples, arguments, byLength: trainer.mayReorder(examples, lossOnly: lossOnly))
        // Python's loader draws one number from the global generator.
        trainer.drawLoaderSeed()
        let loader = try DataLoader(
            examples, batches: order.batches, workers: arguments.dataloaderNumWorkers,
            ahead: arguments.dataloaderPrefetchFactor ?? 2)
        trainer.callbackList.context.batchCount = order.batches.count
        var record = EvaluationRecord(arguments, rows: order.rowCount, batches: order.batches.count)
        var output = Output()
        try trainer.model.evaluating {
            while let batch = try loader.nextBatch() {
                try withTorchErrors {
                    let metrics = try add(
                        batch, places: order.isSorted ? Array(order.batches[output.batchCount]) : nil, to: &record,
                        isFirst: output.batchCount == 0, isLast: loader.remaining == 0)
                    if let metrics { output.batchMetrics = metrics }
                }
                output.batchCount += 1
                try trainer.callbackList.call { try $0.onPredictionStep($1, control: &$2) }
            }
        }
        output.rows = try withTorchErrors { try record.finish() }
        output.loss = record.losses.mean(filters: arguments.loggingNanInfFilter)
        output.rowCount = record.rowCount
        return output
    }

    /// - Returns: The numbers of this batch with `batchEvalMetrics`.
    private func add(
        _ batch: Batch, places: [Int]?, to record: inout EvaluationRecord, isFirst: Bool, isLast: Bool
    ) throws -> Metrics? {
        let (step, names) = try inferenceMode { try forward(batch) }
        record.count(rows: batch.count)
        if let loss = step.loss { record.add(loss: loss, rows: batch.count) }
        guard !lossOnly else { return nil }
        var part = GatheredRows.Part(outputs: step.outputs.map { $0.tensor }, labels: step.labelIds)
        if arguments.includeForMetrics.contains(.inputs) {
            part.inputs = batch[.inputIds] ?? batch.entries.first?.tensor
        }
        if !metricsByBatch || keepsRows {
            try noGrad { try record.add(part, names: names, rows: batch.count, places: places) }
        }
        guard metricsByBatch, trainer.hasMetricInput(part), let computeMetrics = trainer.computeMetrics else {
            return nil
        }
        if arguments.includeForMetrics.contains(.loss), let loss = step.loss {
            part.losses = Tensor([Float](repeating: Float(loss.mean().item()), count: batch.count))
        }
        let prediction = EvalPrediction(
            rows: GatheredRows(outputNames: names, parts: [part]), computeResult: isLast, isFirstBatch: isFirst)
        return try inferenceMode { try computeMetrics(prediction) }
    }

    private func forward(_ batch: Batch) throws -> (step: PredictionStep, names: [String]) {
        var batch = batch.to(device: trainer.device)
        batch.step = StepContext(
            globalStep: trainer.state.globalStep, microBatch: 0, seed: arguments.seed,
            isFast: arguments.numerics == .fast)
        var step = try trainer.predictionStep(batch, predictionLossOnly: lossOnly)
        if lossOnly {
            step.outputs = []
        } else {
            step.outputs.removeAll { ignoreKeys.contains($0.name) }
            if let preprocess = trainer.preprocessLogitsForMetrics, let first = step.outputs.first {
                step.outputs = [(first.name, try preprocess(first.tensor, step.labelIds.first))]
            }
        }
        return (step, step.outputs.map { $0.name })
    }
}

extension Trainer {
    /// Whether there is what `computeMetrics` computes from: outputs, and labels unless the data is said to have none.
    func hasMetricInput(_ part: GatheredRows.Part) -> Bool {
        !part.outputs.isEmpty && (!part.labels.isEmpty || labelNames.isEmpty)
    }
}
