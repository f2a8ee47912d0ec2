/// One process, one device.
final class SingleDevice: ExecutionStrategy {
    private unowned let trainer: Trainer
    private let optimizer: Optimizer
    // Found once: looking them up reflects over the model.
    private let parameters: [Tensor]

    init(_ trainer: Trainer, optimizer: Optimizer) {
        self.trainer = trainer
        self.optimizer = optimizer
        parameters = trainer.model.parameters().filter { $0.requiresGrad }
    }

    func step(_ group: [Batch], events: StepEvents) throws -> StepResult {
        try withTorchErrors {
            let scaling = LossScale(group, trainer: trainer)
            var total: Tensor?
            for (index, batch) in group.enumerated() {
                let loss = try microStep(batch, index, scaling)
                total = total.map { $0 + loss } ?? loss
                try checkTorchErrors()
                try trainer.checkFinite(loss, batch)
                if index < group.count - 1 { try events.substepEnd() }
            }
            if let correction = scaling.correction { total = correct(total, by: correction) }
            let limit = trainer.arguments.maxGradNorm
            let norm = limit > 0 ? clipGradNorm_(parameters, maxNorm: limit) : gradientNorm(parameters)
            try events.preOptimizerStep()
            try optimizer.step()
            try events.optimizerStep()
            optimizer.zeroGrad()
            return StepResult(loss: total ?? Tensor.zeros([]), gradientNorm: norm)
        }
    }

    /// Scales gradients and loss.
    private func correct(_ loss: Tensor?, by factor: Double) -> Tensor? {
        noGrad {
            for parameter in parameters {
                guard let grad = parameter.grad else { continue }
                if grad.isSparse { parameter.grad = grad * factor } else { grad.mul_(factor) }
            }
            return loss.map { $0 * factor }
        }
    }

    private func microStep(_ batch: Batch, _ index: Int, _ scaling: LossScale) throws -> Tensor {
        var inputs = trainer.device.kind == .cpu ? batch : batch.to(device: trainer.device)
        inputs.step = StepContext(
            globalStep: trainer.state.globalStep, microBatch: index, seed: trainer.arguments.seed,
            isFast: trainer.arguments.numerics == .fast)
        return try trainer.trainingStep(inputs, scale: scaling)
    }
}
