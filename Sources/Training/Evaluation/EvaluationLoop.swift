import Foundation

/// One pass over a data set without training: losses, predictions and labels.
struct EvaluationLoop {
    let trainer: Trainer
    let examples: Examples
    /// Whether logits and labels are thrown away.
    let lossOnly: Bool

    struct Output {
        var predictions: Tensor?
        var labels: Tensor?
        var inputs: Tensor?
        var losses: Tensor?
        /// Mean of the rows' losses; nil where there are no labels.
        var loss: Double?
        var rows = 0
        var seconds = 0.0
        var batches = 0
    }

    func run() throws -> Output {
        let arguments = trainer.arguments
        try trainer.convertForFullEvaluation()
        let order = DataOrder(
            count: examples.count, batchSize: arguments.perDeviceEvalBatchSize, dropLast: arguments.dataloaderDropLast,
            strategy: .sequential, seed: 0)
        let started = ContinuousClock.now
        // Python's loader draws one number from the global generator.
        trainer.drawLoaderSeed()
        let loader = try DataLoader(
            examples, batches: order.batches(epoch: 0), workers: arguments.dataloaderNumWorkers,
            ahead: arguments.dataloaderPrefetchFactor ?? 2)
        trainer.callbackList.context.batchCount = order.batchCount
        var collected = Collected(arguments)
        try trainer.model.evaluating {
            while let batch = try loader.nextBatch() {
                try withTorchErrors { try inferenceMode { try collected.add(step(batch), batch, lossOnly: lossOnly) } }
                try trainer.callbackList.call { try $0.onPredictionStep($1, control: &$2) }
            }
        }
        var output = try withTorchErrors { collected.output() }
        output.batches = order.batchCount
        output.seconds = (ContinuousClock.now - started) / .seconds(1)
        return output
    }

    private func step(_ batch: Batch) throws -> PredictionStep {
        var batch = trainer.pinned(batch).to(device: trainer.device)
        batch.step = StepContext(
            globalStep: trainer.state.globalStep, microBatch: 0, seed: trainer.arguments.seed,
            isFast: trainer.arguments.numerics == .fast)
        return try trainer.predictionStep(batch, predictionLossOnly: lossOnly)
    }

    private struct Collected {
        var predictions = PredictionAccumulator()
        var labels = PredictionAccumulator()
        var inputs = PredictionAccumulator()
        var losses: [Float] = []
        var rows = 0
        let arguments: TrainingArguments

        init(_ arguments: TrainingArguments) { self.arguments = arguments }

        mutating func add(_ step: PredictionStep, _ batch: Batch, lossOnly: Bool) {
            let count = batch.count
            rows += count
            if let loss = step.loss { losses += [Float](repeating: Float(loss.mean().item()), count: count) }
            guard !lossOnly else { return }
            if let logits = step.logits { predictions.add(logits) }
            if let ids = step.labels { labels.add(ids) }
            if arguments.includeForMetrics.contains(.inputs), let input = batch.entries.first?.tensor {
                inputs.add(input)
            }
        }

        func output() -> Output {
            var output = Output()
            output.predictions = predictions.joined()
            output.labels = labels.joined()
            output.inputs = inputs.joined()
            if arguments.includeForMetrics.contains(.loss), !losses.isEmpty { output.losses = Tensor(losses) }
            output.loss = meanLoss()
            output.rows = rows
            return output
        }

        /// Losses that are not finite are left out where the arguments filter them and some are.
        private func meanLoss() -> Double? {
            guard !losses.isEmpty else { return nil }
            let finite = losses.filter { $0.isFinite }
            let counted = arguments.loggingNanInfFilter && !finite.isEmpty ? finite : losses
            return counted.reduce(0.0) { $0 + Double($1) } / Double(counted.count)
        }
    }
}

/// What ``Trainer/predictionStep(_:predictionLossOnly:)`` gives for one batch.
public struct PredictionStep {
    public var loss: Tensor?
    public var logits: Tensor?
    public var labels: Tensor?

    public init(loss: Tensor? = nil, logits: Tensor? = nil, labels: Tensor? = nil) {
        self.loss = loss
        self.logits = logits
        self.labels = labels
    }
}
