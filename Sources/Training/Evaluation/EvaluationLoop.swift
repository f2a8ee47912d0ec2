import Foundation

/// One pass over a data set without training: losses, predictions and labels.
public struct EvaluationLoop {
    let trainer: Trainer
    let loader: any DataLoader
    /// Whether logits and labels are thrown away.
    let lossOnly: Bool

    /// What a pass gives, tensors on the CPU.
    public struct Output {
        /// Logits of all rows.
        public var predictions: Tensor?
        /// Labels of all rows.
        public var labels: Tensor?
        /// The model's main input, where metrics want it.
        public var inputs: Tensor?
        /// The loss of each row's batch, where metrics want it.
        public var losses: Tensor?
        /// Mean of the rows' losses; nil where there are no labels.
        public var loss: Double?
        /// Rows seen.
        public var rows = 0
        public var seconds = 0.0
        public var batches = 0

        public init() {}

        /// What metrics are computed from; nil where logits or labels were not kept.
        var prediction: EvalPrediction? {
            guard let predictions, let labels else { return nil }
            return EvalPrediction(predictions: predictions, labelIds: labels, inputs: inputs, losses: losses)
        }
    }

    func run() throws -> Output {
        let arguments = trainer.arguments
        try trainer.convertForFullEvaluation()
        let started = ContinuousClock.now
        trainer.callbackList.context.batchCount = loader.batchCount ?? 0
        let batches = try loader.batches(epoch: 0, skipping: 0)
        var count = 0
        var collected = Collected(arguments)
        try trainer.model.evaluating {
            while let batch = try batches.next() {
                count += 1
                try withTorchErrors { try inferenceMode { try collected.add(step(batch), batch, lossOnly: lossOnly) } }
                try trainer.callbackList.call { try $0.onPredictionStep($1, control: &$2) }
            }
        }
        var output = try withTorchErrors { collected.output() }
        output.batches = count
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
