/// One pass over a data set without training: losses, predictions and labels.
public struct EvaluationLoop {
    let trainer: Trainer
    let loader: any DataLoader
    /// Whether logits and labels are thrown away.
    let lossOnly: Bool
    /// Whether logits and labels are kept with `batchEvalMetrics` too.
    let keepsRows: Bool
    /// Outputs that are thrown away.
    let ignoreKeys: [String]

    /// What a pass gives, tensors on the CPU.
    public struct Output {
        var rows = GatheredRows()
        /// Mean of the rows' losses; nil where there are no labels.
        public internal(set) var loss: Double?
        /// What `computeMetrics` gave for the last batch; nil without `batchEvalMetrics`.
        public internal(set) var batchMetrics: Metrics?
        public internal(set) var rowCount = 0
        public internal(set) var batchCount = 0

        /// Outputs, labels and what else metrics are computed from.
        public var prediction: EvalPrediction { EvalPrediction(rows: rows) }
    }

    private var arguments: TrainingArguments { trainer.arguments }
    private var ranks: Ranks { trainer.ranks }
    private var metricsByBatch: Bool { arguments.batchEvalMetrics && trainer.computeMetrics != nil && !lossOnly }

    func run() throws -> Output {
        try trainer.convertForFullEvaluation()
        let loader = ranks.areSeveral ? self.loader.sharded(Self.shard(ranks)) : self.loader
        trainer.callbackList.context.batchCount = loader.batchCount ?? 0
        let batches = try loader.batches(epoch: 0, skipping: 0)
        var record = EvaluationRecord(
            arguments, rows: Self.ownRows(loader.rowCount ?? 0, loader.batchCount, arguments, ranks),
            batches: loader.batchCount ?? 1)
        var output = Output()
        // Where results are put back when all ranks' are there.
        var places: [Int]? = ranks.areSeveral && loader.isPutBack ? [] : nil
        try trainer.withRootParameters {
            try trainer.model.evaluating {
                // One ahead, to know the last.
                var upcoming = try batches.next()
                var goesOn = try isOneLeft(upcoming)
                while goesOn {
                    let batch = upcoming
                    upcoming = batch == nil ? nil : try batches.next()
                    goesOn = try isOneLeft(upcoming)
                    places?.append(contentsOf: batch?.rows ?? [])
                    let metrics = try withTorchErrors {
                        let part = try inLockstep(batch) {
                            try add($0, places: loader.isPutBack && places == nil ? $0.rows : nil, to: &record)
                        }
                        return try batchMetrics(part, isFirst: output.batchCount == 0, isLast: !goesOn)
                    }
                    if let metrics { output.batchMetrics = metrics }
                    output.batchCount += 1
                    try trainer.callbackList.call { try $0.onPredictionStep($1, control: &$2) }
                }
            }
        }
        output.rows = try withTorchErrors { try record.finish(over: ranks, places: places) }
        output.loss = record.losses.mean(filters: arguments.loggingNanInfFilter)
        output.rowCount = record.rowCount
        return output
    }

    /// At most so many rows are this rank's.
    private static func ownRows(
        _ rows: Int, _ batches: Int?, _ arguments: TrainingArguments, _ ranks: Ranks
    ) -> Int {
        ranks.areSeveral ? min(rows, (batches ?? 0) * arguments.perDeviceEvalBatchSize) : rows
    }

    /// Whole batches in turn, none twice.
    private static func shard(_ ranks: Ranks) -> BatchShard {
        var shard = BatchShard(rank: ranks.rank, ranks: ranks.worldSize, evenBatches: false)
        shard.keepsLastRound = true
        return shard
    }

    /// What `body` makes of a batch; where this rank has none left, it only takes part in what the others do.
    private func inLockstep<Result>(_ batch: Batch?, _ body: (Batch) throws -> Result?) throws -> Result? {
        try trainer.inLockstep { try batch.flatMap(body) }
    }

    /// Whether there is another batch: with metrics of batches, or a model that all ranks run together, on any rank.
    private func isOneLeft(_ upcoming: Batch?) throws -> Bool {
        let isHere = upcoming != nil
        guard metricsByBatch || trainer.runsInLockstep, ranks.areSeveral else { return isHere }
        return try ranks.any(isHere)
    }

    /// What one batch gives, where metrics are computed from it.
    private struct BatchResult {
        var names: [String]
        var part: GatheredRows.Part
    }

    private func add(_ batch: Batch, places: [Int]?, to record: inout EvaluationRecord) throws -> BatchResult? {
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
        guard metricsByBatch, trainer.hasMetricInput(part) else { return nil }
        if arguments.includeForMetrics.contains(.loss), let loss = step.loss {
            part.losses = Tensor([Float](repeating: Float(loss.mean().item()), count: batch.count))
        }
        return BatchResult(names: names, part: part)
    }

    /// The numbers of a batch, or of the batches that the ranks have at the same time, with `batchEvalMetrics`.
    private func batchMetrics(_ own: BatchResult?, isFirst: Bool, isLast: Bool) throws -> Metrics? {
        guard metricsByBatch, let computeMetrics = trainer.computeMetrics else { return nil }
        var rows = GatheredRows(outputNames: own?.names ?? [], parts: own.map { [$0.part] } ?? [])
        if ranks.areSeveral {
            let ranked = try RankedRows(ranks, batches: own.map { [$0.part.rowCount] } ?? [], places: nil)
            rows = try ranked.gathered(rows, isJoined: true).moved(to: trainer.device)
        }
        guard !rows.parts.isEmpty else { return nil }
        let prediction = EvalPrediction(rows: rows, computeResult: isLast, isFirstBatch: isFirst)
        return try inferenceMode { try computeMetrics(prediction) }
    }

    private func forward(_ batch: Batch) throws -> (step: PredictionStep, names: [String]) {
        var batch = trainer.pinned(batch).to(device: trainer.device)
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
