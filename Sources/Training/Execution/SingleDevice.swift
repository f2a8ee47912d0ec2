/// One process, one device.
final class SingleDevice: ExecutionStrategy {
    private unowned let trainer: Trainer
    private let optimizer: Optimizer
    private let lossIsScaled: Bool?
    private let nonBlocking: Bool
    // Found once: looking them up reflects over the model.
    private let parameters: [Tensor]
    /// One pass over all gradients; nil where libtorch's own operators are wanted.
    private let clipping: FusedGradientClipping?

    init(_ trainer: Trainer, optimizer: Optimizer) {
        self.trainer = trainer
        self.optimizer = optimizer
        nonBlocking = trainer.arguments.acceleratorConfig?.nonBlocking ?? true
        lossIsScaled = trainer.lossIsScaledForAccumulation ?? (trainer.computeLossFunc == nil ? nil : true)
        parameters = trainer.model.parameters().filter { $0.requiresGrad }
        let isFast = trainer.arguments.numerics == .fast && trainer.device.kind == .cpu
        clipping = isFast ? FusedGradientClipping(parameters) : nil
    }

    func step(_ group: [Batch], events: StepEvents) throws -> StepResult {
        do {
            return try wholeStep(group, events)
        } catch {
            trainer.gradScaler?.abandonStep()
            throw error
        }
    }

    private func wholeStep(_ group: [Batch], _ events: StepEvents) throws -> StepResult {
        try withTorchErrors {
            let scaling = LossScale(
                group, model: trainer.model, mode: trainer.arguments.lossScaling, isScaled: lossIsScaled)
            var total: Tensor?
            for (index, batch) in group.enumerated() {
                let loss = try microStep(batch, index, scaling)
                total = total.map { $0 + loss } ?? loss
                try checkTorchErrors()
                try trainer.checkFinite(loss, batch)
                if index < group.count - 1 { try events.substepEnd() }
            }
            trainer.gradScaler?.unscale_(optimizer)
            let norm = clippedNorm()
            try events.preOptimizerStep()
            let isTaken = try takeStep()
            try events.optimizerStep()
            optimizer.zeroGrad()
            return StepResult(loss: total ?? Tensor.zeros([]), gradientNorm: norm, isStepTaken: isTaken)
        }
    }

    private func takeStep() throws -> Bool {
        guard let scaler = trainer.gradScaler else {
            try optimizer.step()
            return true
        }
        defer { scaler.update() }
        return try scaler.step(optimizer)
    }

    private func clippedNorm() -> GradientNorm {
        let limit = trainer.arguments.maxGradNorm
        if let clipping { return .value(clipping.clip(maxNorm: limit)) }
        return .tensor(limit > 0 ? clipGradNorm_(parameters, maxNorm: limit) : gradientNorm(parameters))
    }

    private func microStep(_ batch: Batch, _ index: Int, _ scaling: LossScale) throws -> Tensor {
        var inputs =
            trainer.device.kind == .cpu
            ? batch : trainer.pinned(batch).to(device: trainer.device, nonBlocking: nonBlocking)
        inputs.step = StepContext(
            globalStep: trainer.state.globalStep, microBatch: index, seed: trainer.arguments.seed,
            isFast: trainer.arguments.numerics == .fast, allowsSparseGradients: optimizer is AdamW,
            labelCount: scaling.labelCount)
        return try trainer.trainingStep(inputs, scale: scaling)
    }
}
