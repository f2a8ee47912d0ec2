import Foundation
import OrderedJSON

/// One call of `train`: epochs, steps, and what is due after each.
final class TrainingLoop {
    private let trainer: Trainer
    private let examples: Examples
    private let order: DataOrder
    private let plan: StepPlan
    private var losses: LossRecord
    private var strategy: (any ExecutionStrategy)?
    private var smallWork: SmallWork?
    private var firstStep = 0
    /// Events that nobody listens to cost nothing.
    private let callbacks: CallbackList
    private let interrupts: InterruptWatch?
    private var lastResult: (norm: GradientNorm, rate: Double)?
    /// The last checkpoint of this run, and how much had been logged when it was written.
    private var lastSave: (step: Int, logs: Int, folder: URL)?

    init(_ trainer: Trainer, _ examples: Examples) {
        let arguments = trainer.arguments
        self.trainer = trainer
        self.examples = examples
        // As in Python the seed of the order is that of the generator when the loader is made.
        let seed = arguments.dataSeed ?? Int(truncatingIfNeeded: Int64(bitPattern: Generator().initialSeed))
        order = DataOrder(
            count: examples.count, batchSize: arguments.perDeviceTrainBatchSize, dropLast: arguments.dataloaderDropLast,
            strategy: arguments.trainSamplingStrategy, seed: seed)
        plan = StepPlan(batchesPerEpoch: order.batchCount, rows: examples.count, arguments: arguments)
        losses = LossRecord(arguments)
        callbacks = trainer.callbackList
        interrupts = arguments.saveOnInterrupt ? InterruptWatch() : nil
    }

    func run(from checkpoint: URL?) throws -> TrainOutput {
        let started = ContinuousClock.now
        try trainer.prepareTraining(plan)
        let resume = try checkpoint.map { try trainer.restore(checkpoint: $0) }
        if let optimizer = trainer.optimizer { strategy = SingleDevice(trainer, optimizer: optimizer) }
        trainer.setLearningRates()
        firstStep = trainer.state.globalStep
        losses.lastLoggedStep = firstStep
        trainer.model.zeroGrad()
        trainer.model.train()
        try callbacks.trainBegin()
        if resume == nil, trainer.arguments.evalOnStart, trainer.evalExamples != nil {
            try trainer.evaluate(ignoreKeys: trainer.ignoreKeysForEval)
        }
        smallWork = SmallWork(
            isOn: trainer.arguments.numerics == .fast && trainer.device.kind == .cpu, trainer.model.parameters())
        defer { smallWork = nil }
        try runEpochs(resume)
        return try finish(started)
    }

    private func runEpochs(_ resume: RestoredCheckpoint?) throws {
        var epoch = trainer.state.globalStep / plan.stepsPerEpoch
        var position = ResumePosition(resume, trainer.state.globalStep, plan, trainer.arguments)
        if resume != nil, isEpochEndPending {
            if let random = position.random { try trainer.randomStates.restore(random) }
            position = ResumePosition.start
            try endEpoch()
        }
        // A run that is resumed at its end has nothing to do, also where it ended within an epoch.
        while epoch < plan.epochs, trainer.state.globalStep < plan.maxSteps, !trainer.control.shouldTrainingStop {
            try run(epoch: epoch, position)
            position = ResumePosition.start
            epoch += 1
        }
    }

    // MARK: Epochs and steps

    private func run(epoch: Int, _ position: ResumePosition) throws {
        try callbacks.epochBegin()
        if position.skip == 0, let random = position.random { try trainer.randomStates.restore(random) }
        let loader = try DataLoader(
            examples, batches: order.batches(epoch: epoch), skipping: position.skip,
            workers: trainer.arguments.dataloaderNumWorkers, ahead: trainer.arguments.dataloaderPrefetchFactor ?? 2)
        trainer.drawLoaderSeed()
        var done = position.skip
        while loader.remaining > 0 {
            let group = try nextGroup(loader)
            if done == position.skip, done > 0, let random = position.random {
                try trainer.randomStates.restore(random)
            }
            done += group.count
            try step(group)
            trainer.state.epoch = Double(epoch) + Double(done) / Double(plan.batchesPerEpoch)
            try callbacks.call { try $0.onStepEnd($1, control: &$2) }
            try logEvaluateSave()
            if trainer.control.shouldEpochStop || trainer.control.shouldTrainingStop { break }
            // After an epoch's last step what is due at its end comes first.
            if loader.remaining > 0 { try stopIfInterrupted() }
        }
        try endEpoch()
        try stopIfInterrupted()
    }

    private func endEpoch() throws {
        try callbacks.call { try $0.onEpochEnd($1, control: &$2) }
        try logEvaluateSave()
    }

    /// Whether the checkpoint was saved after the last step of an epoch, but before the evaluation that follows the epoch.
    /// An uninterrupted run evaluates there, so a resumed one does too; Python leaves it out, and with it a random number.
    private var isEpochEndPending: Bool {
        let (state, arguments) = (trainer.state, trainer.arguments)
        guard arguments.saveStrategy == .steps, arguments.evalStrategy == .epoch, state.globalStep > 0,
            state.globalStep % plan.stepsPerEpoch == 0 || state.globalStep >= plan.maxSteps
        else { return false }
        return !state.logHistory.contains { record in
            record["step"]?.intValue == state.globalStep && record.keys.contains { $0.hasPrefix("eval_") }
        }
    }

    /// All micro-batches of the next step: the last step of an epoch may have fewer.
    private func nextGroup(_ loader: DataLoader) throws -> [Batch] {
        var group: [Batch] = []
        while group.count < plan.accumulation, let batch = try loader.nextBatch() { group.append(batch) }
        return group
    }

    private func step(_ group: [Batch]) throws {
        guard let strategy, let optimizer = trainer.optimizer else { return }
        smallWork?.prepare(group)
        try callbacks.stepBegin()
        let events = StepEvents(
            substepEnd: { [self] in try callbacks.call { try $0.onSubstepEnd($1, control: &$2) } },
            preOptimizerStep: { [self] in
                try callbacks.call { try $0.onPreOptimizerStep($1, control: &$2) }
            },
            optimizerStep: { [self] in
                try callbacks.call { try $0.onOptimizerStep($1, control: &$2) }
            })
        let result = try carryOut(group, strategy, events)
        lastResult = (result.gradientNorm, optimizer.groups.first?.learningRate ?? 0)
        try withTorchErrors { losses.add(result.loss, step: trainer.state.globalStep) }
        for batch in group { trainer.state.totalFlos += trainer.model.floatingPointOperations(batch) }
        trainer.state.globalStep += 1
        trainer.setLearningRates()
    }

    /// What libtorch refuses is said with the step and its rows.
    private func carryOut(
        _ group: [Batch], _ strategy: any ExecutionStrategy, _ events: StepEvents
    ) throws -> StepResult {
        do {
            return try strategy.step(group, events: events)
        } catch let error as TorchError where !error.isOutOfMemory {
            throw TrainingError.stepFailed(
                step: trainer.state.globalStep + 1, rows: group.flatMap { $0.rows }, reason: error.description)
        }
    }

    // MARK: What is due

    private func logEvaluateSave() throws {
        if trainer.control.shouldLog, trainer.state.globalStep > losses.lastLoggedStep { try log() }
        if trainer.control.shouldEvaluate {
            let isBest = try trainer.noteBest(
                try trainer.evaluate(ignoreKeys: trainer.ignoreKeysForEval))
            if trainer.arguments.saveStrategy == .best { trainer.control.shouldSave = isBest }
        }
        if trainer.control.shouldSave {
            try losses.check(step: trainer.state.globalStep, trainer)
            let folder = try trainer.saveCheckpoint()
            lastSave = (trainer.state.globalStep, trainer.state.logHistory.count, folder)
            try callbacks.save()
        }
    }

    private func log() throws {
        var logs = Metrics()
        try losses.check(step: trainer.state.globalStep, trainer)
        try withTorchErrors {
            logs["loss"] = losses.takeMean(step: trainer.state.globalStep)
            if let last = lastResult {
                logs["grad_norm"] = last.norm.item()
                logs["learning_rate"] = last.rate
            }
        }
        try trainer.log(logs)
    }

    private func stopIfInterrupted() throws {
        guard let signal = interrupts?.received else { return }
        let isSaved = lastSave?.step == trainer.state.globalStep && lastSave?.logs == trainer.state.logHistory.count
        let checkpoint = try (isSaved ? lastSave?.folder : nil) ?? trainer.saveCheckpoint()
        throw TrainingError.interrupted(signal: signal, step: trainer.state.globalStep, checkpoint: checkpoint.path)
    }

    // MARK: The end

    private func finish(_ started: ContinuousClock.Instant) throws -> TrainOutput {
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        let steps = trainer.state.globalStep - firstStep
        let loss = try withTorchErrors { losses.mean(steps: steps) }
        var metrics = SpeedMetrics.metrics(
            prefix: "train", seconds: seconds, samples: plan.samples * Double(steps) / Double(max(plan.maxSteps, 1)),
            steps: Double(steps))
        metrics["total_flos"] = trainer.state.totalFlos
        metrics["train_loss"] = loss
        try trainer.log(metrics)
        metrics["epoch"] = trainer.state.epoch
        if trainer.arguments.loadBestModelAtEnd { try trainer.loadBestModel() }
        try trainer.keepOnlyBest()
        try callbacks.call { try $0.onTrainEnd($1, control: &$2) }
        return TrainOutput(globalStep: trainer.state.globalStep, trainingLoss: loss, metrics: metrics)
    }
}

/// Where in an epoch a resumed run goes on.
private struct ResumePosition {
    /// Batches of the epoch that are done.
    let skip: Int
    /// Random states of the checkpoint.
    let random: RandomStates.Saved?

    static let start = ResumePosition(skip: 0, random: nil)

    private init(skip: Int, random: RandomStates.Saved?) {
        self.skip = skip
        self.random = random
    }

    init(_ restored: RestoredCheckpoint?, _ globalStep: Int, _ plan: StepPlan, _ arguments: TrainingArguments) {
        guard let restored else {
            self = .start
            return
        }
        let steps = globalStep % plan.stepsPerEpoch
        self.init(skip: arguments.ignoreDataSkip ? 0 : steps * plan.accumulation, random: restored.random)
    }
}
