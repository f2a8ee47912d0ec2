extension SingleDevice {
    /// The weights of the losses of a step that several ranks share.
    func sharedLossScale(_ group: [Batch], _ ranks: Ranks) throws -> LossScale {
        let mode = trainer.arguments.lossScaling
        let own = LossCounts(group, model: trainer.model, mode: mode, isWhole: false)
        let isShared = trainer.arguments.averageTokensAcrossDevices
        return LossScale(
            group, counts: isShared ? try own.added(over: ranks) : own, ranks: isShared ? ranks.worldSize : 1,
            model: trainer.model, mode: mode, isScaled: lossIsScaled)
    }
}

/// One of several processes that train the same model, each on rows of its own: gradients are averaged over the ranks by
/// c10d's `Reducer` while the backward pass goes on.
///
/// Gradients are exchanged in the backward pass of a step's last micro-batch. A rank without a row in this step, or without
/// a label that counts, adds nothing but takes part, so that every rank sends the same pieces in the same order.
final class DataParallel: SingleDevice {
    private let ranks: Ranks
    private let gradients: DistributedDataParallel
    /// Averages what `gradients` does not.
    private let rows: RowExchange
    /// Those whose gradients the reducer averages.
    private let reduced: [Tensor]
    private var exchange = Exchange.notYet

    /// How far the exchange of a step's gradients is.
    private enum Exchange {
        /// Backward passes add up this rank's gradients alone.
        case notYet
        /// The next backward pass exchanges them.
        case next
        case done
        /// A second pass came after them.
        case tooLate
    }

    /// - Throws: `DistributedError` where the ranks do not have the same parameters.
    init(_ trainer: Trainer, optimizer: Optimizer, ranks: Ranks, group: ProcessGroup) throws {
        self.ranks = ranks
        let parameters = trainer.model.namedParameters()
        let tables = Self.tables(trainer, optimizer, parameters.map { $0.parameter })
        func isTable(_ tensor: Tensor) -> Bool { tables.contains { $0.isSame(as: tensor) } }
        gradients = try DistributedDataParallel(
            parameters: parameters.map { (name: $0.name, tensor: $0.parameter) },
            buffers: trainer.model.namedBuffers().map { (name: $0.name, tensor: $0.buffer) }, group: group,
            averagedElsewhere: Set(parameters.filter { isTable($0.parameter) }.map { $0.name }),
            options: DistributedDataParallel.Options(trainer.arguments))
        rows = RowExchange(group: group, tables: tables)
        reduced = parameters.map { $0.parameter }.filter { $0.requiresGrad && !isTable($0) }
        super.init(trainer, optimizer: optimizer)
        try settleOrder()
        trainer.willGoBackward = { [unowned self] in try prepareBackward($0) }
    }

    deinit { trainer.willGoBackward = nil }

    /// The model's tables whose gradients hold the rows of a step alone; none where that does not come about, or where
    /// nothing would be left for the reducer.
    private static func tables(_ trainer: Trainer, _ optimizer: Optimizer, _ parameters: [Tensor]) -> [Tensor] {
        guard trainer.arguments.numerics == .fast, trainer.device.kind == .cpu, optimizer is AdamW,
            let model = trainer.model as? any ModelWithRowGradients
        else { return [] }
        let trained = parameters.filter { $0.requiresGrad }
        // Asked for once: finding them may look through the model.
        let candidates = model.tablesWithRowGradients
        let tables = trained.filter { parameter in candidates.contains { $0.isSame(as: parameter) } }
        return tables.count < trained.count ? tables : []
    }

    override func step(_ group: [Batch], events: StepEvents) throws -> StepResult {
        do {
            return try super.step(group, events: events)
        } catch let error as TorchError {
            // The rows that this rank happens to have are not to blame for a lost rank.
            if let lost = DistributedError(error) { throw lost }
            throw error
        }
    }

    override func lossScale(_ group: [Batch]) throws -> LossScale {
        exchange = .notYet
        return try sharedLossScale(group, ranks)
    }

    override func microStep(_ batch: Batch, _ index: Int, _ scaling: LossScale, isLast: Bool) throws -> Tensor {
        gradients.isSynchronizing = isLast
        try gradients.prepareForForward()
        if isLast { exchange = .next }
        return try super.microStep(batch, index, scaling, isLast: isLast)
    }

    /// Called by the trainer before a backward pass.
    private func prepareBackward(_ loss: Tensor) throws {
        switch exchange {
        case .notYet: try gradients.prepareForBackward(outputs: [loss])
        case .next:
            try gradients.prepareForBackward(outputs: [loss])
            exchange = .done
        case .done, .tooLate: exchange = .tooLate
        }
    }

    override func finishGradients() throws {
        switch exchange {
        case .done: break
        case .tooLate:
            throw TrainingError.argument(
                "trainingStep called backward twice for a micro-batch; with several ranks add the losses and call it once"
            )
        case .notYet:
            gradients.isSynchronizing = true
            try gradients.prepareForForward()
            try exchangeWithNothingAdded()
        case .next: try exchangeWithNothingAdded()
        }
        exchange = .done
        // Before the optimizer uses gradients that were not averaged.
        try gradients.checkReduced()
        try noGrad { try rows.average() }
    }

    /// In its first backward pass the reducer learns in which order gradients come, and puts them together anew; and in
    /// which order three ranks or more add up numbers depends on that. With a pass before the first step the order is the
    /// same in every step, so that a run that is resumed gives the bits of one that was not.
    private func settleOrder() throws {
        // These learn from the model's own passes, or not at all.
        guard !gradients.options.staticGraph, !gradients.options.findUnusedParameters else { return }
        gradients.isSynchronizing = true
        try withTorchErrors {
            try gradients.prepareForForward()
            try exchangeWithNothingAdded()
            for parameter in reduced { parameter.grad = nil }
        }
    }

    /// A backward pass that adds nothing: where none went through the trainer, the gradients there are go out with it.
    private func exchangeWithNothingAdded() throws {
        let nothing = reduced.reduce(Tensor.zeros([]).to(device: trainer.device)) { $0 + $1.sum() * 0 }
        try gradients.prepareForBackward(outputs: [nothing])
        nothing.backward()
    }

    /// The reducer takes whole gradients.
    override var allowsSparseGradients: Bool { !rows.tables.isEmpty }
}

extension DistributedDataParallel.Options {
    init(_ arguments: TrainingArguments) {
        self.init()
        if let size = arguments.ddpBucketCapMb { bucketCapMB = size }
        findUnusedParameters = arguments.ddpFindUnusedParameters ?? false
        staticGraph = arguments.ddpStaticGraph ?? false
        broadcastBuffers = arguments.ddpBroadcastBuffers ?? true
        // The same numbers without a copy of all gradients and their memory.
        gradientAsBucketView = true
        compression =
            switch arguments.ddpCommHook {
            case .no: .none
            case .fp16: .float16
            case .bf16: .bfloat16
            }
    }
}
