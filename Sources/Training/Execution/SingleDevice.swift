/// One process, one device: the micro-batches one after the other, then clipping and the optimizer.
class SingleDevice: ExecutionStrategy {
    unowned let trainer: Trainer
    private let optimizer: Optimizer
    let lossIsScaled: Bool?
    private let nonBlocking: Bool
    // Found once: looking them up reflects over the model.
    let parameters: [Tensor]
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
            let scaling = try lossScale(group)
            var total: Tensor?
            for (index, batch) in group.enumerated() {
                let loss = try microStep(batch, index, scaling, isLast: index == group.count - 1)
                total = total.map { $0 + loss } ?? loss
                try checkTorchErrors()
                try trainer.checkFinite(loss, batch)
                if index < group.count - 1 { try events.substepEnd() }
            }
            try finishGradients()
            trainer.gradScaler?.unscale_(optimizer)
            let norm = try clippedNorm()
            try events.preOptimizerStep()
            let isTaken = try takeStep()
            try events.optimizerStep()
            optimizer.zeroGrad()
            return StepResult(loss: total ?? Tensor.zeros([]), gradientNorm: norm, isStepTaken: isTaken)
        }
    }

    // MARK: What other strategies do otherwise

    /// The weights of the micro-batches' losses.
    func lossScale(_ group: [Batch]) throws -> LossScale {
        let mode = trainer.arguments.lossScaling
        return LossScale(
            group, counts: LossCounts(group, model: trainer.model, mode: mode, isWhole: true), model: trainer.model,
            mode: mode,
            isScaled: lossIsScaled)
    }

    /// Forward and backward pass of one micro-batch; gives its scaled loss.
    func microStep(_ batch: Batch, _ index: Int, _ scaling: LossScale, isLast: Bool) throws -> Tensor {
        var inputs =
            trainer.device.kind == .cpu
            ? batch : trainer.pinned(batch).to(device: trainer.device, nonBlocking: nonBlocking)
        inputs.step = StepContext(
            globalStep: trainer.state.globalStep, microBatch: index, seed: trainer.arguments.seed,
            isFast: trainer.arguments.numerics == .fast, allowsSparseGradients: allowsSparseGradients,
            labelCount: scaling.labelCount)
        return try trainer.trainingStep(inputs, scale: scaling)
    }

    /// Before gradients are clipped.
    func finishGradients() throws {}

    /// Whether gradients may hold some rows of a table only.
    var allowsSparseGradients: Bool { optimizer is AdamW }

    /// Takes the optimizer's step.
    ///
    /// - Returns: Whether the parameters were changed.
    func takeStep() throws -> Bool {
        guard let scaler = trainer.gradScaler else {
            try optimizer.step()
            return true
        }
        defer { scaler.update() }
        return try scaler.step(optimizer)
    }

    /// Clips the gradients; gives their norm before.
    func clippedNorm() throws -> GradientNorm {
        let limit = trainer.arguments.maxGradNorm
        if let clipping { return .value(clipping.clip(maxNorm: limit)) }
        return .tensor(limit > 0 ? clipGradNorm_(parameters, maxNorm: limit) : gradientNorm(parameters))
    }
}
