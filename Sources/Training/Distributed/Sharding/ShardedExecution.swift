/// One of several ranks that share out the optimizer's state, and with `full_shard` the parameters.
///
/// A rank has the mean of all ranks' gradients for its slices only, takes the optimizer's step there, and the ranks give
/// each other the parameters again: at once, or with `full_shard` when they are used.
final class ShardedExecution: SingleDevice {
    private let sharded: ShardedModel
    private let ranks: Ranks
    private let buffers: [Tensor]
    /// How many micro-batches another rank has more of in this step.
    private var missingPasses = 0

    init(_ trainer: Trainer, _ sharded: ShardedModel) {
        self.sharded = sharded
        ranks = trainer.ranks
        buffers = trainer.arguments.ddpBroadcastBuffers ?? true ? trainer.model.namedBuffers().map { $0.buffer } : []
        super.init(trainer, optimizer: sharded.optimizer)
    }

    override func step(_ group: [Batch], events: StepEvents) throws -> StepResult {
        try sharded.withRoot {
            sharded.beginStep()
            try sharded.group.broadcast(buffers, from: 0)
            if sharded.kind == .fullShard {
                missingPasses = Int(try ranks.max([Double(group.count)])[0]) - group.count
            }
            return try super.step(group, events: events)
        }
    }

    override func lossScale(_ group: [Batch]) throws -> LossScale { try sharedLossScale(group, ranks) }

    override func microStep(_ batch: Batch, _ index: Int, _ scaling: LossScale, isLast: Bool) throws -> Tensor {
        sharded.layers.begin()
        let loss = try super.microStep(batch, index, scaling, isLast: isLast)
        try checkTorchErrors()
        try sharded.layers.end(hasBackward: true)
        return loss
    }

    override func finishGradients() throws {
        try checkTorchErrors()
        for _ in 0..<missingPasses {
            sharded.layers.begin()
            try sharded.layers.end(hasBackward: true)
        }
        try sharded.root.reduceGradients()
        let scaled = trainer.gradScaler == nil ? [] : sharded.slices.compactMap { $0.grad }
        let isFinite = scaled.allSatisfy { gradient in noGrad { gradient.isfinite().all().item() != 0 } }
        guard try !sharded.agree(isFinite: isFinite), isFinite else { return }
        // The scaler looks at this rank's slices: what others found is put in there, so that all leave the step out.
        _ = scaled.first?.fill_(Double.infinity)
    }

    override func clippedNorm() throws -> GradientNorm {
        try checkTorchErrors()
        let slices = sharded.slices
        let squares = noGrad { gradientNorm(slices).square() }
        try sharded.group.allReduce(squares)
        let norm = noGrad { squares.sqrt() }
        let limit = trainer.arguments.maxGradNorm
        guard limit > 0 else { return .tensor(norm) }
        noGrad {
            let coefficient = (limit / (norm + 1e-6)).clamp(max: 1.0)
            let gradients = slices.compactMap { $0.grad }
            guard !gradients.isEmpty else { return }
            Tensor.foreachMul_(gradients, coefficient)
        }
        return .tensor(norm)
    }

    override func takeStep() throws -> Bool {
        let isTaken = try super.takeStep()
        try checkTorchErrors()
        if isTaken { for flat in sharded.flats { try flat.publish() } }
        return isTaken
    }

    /// The exchange takes whole gradients.
    override var allowsSparseGradients: Bool { false }
}
