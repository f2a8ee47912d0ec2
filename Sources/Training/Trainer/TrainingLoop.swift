import Foundation
import OrderedJSON

/// One call of `train`: epochs, steps, and what is due after each.
final class TrainingLoop {
    private let trainer: Trainer
    private let ranks: Ranks
    private let loader: any DataLoader
    private let plan: StepPlan
    /// Whether ranks may have different numbers of batches.
    private let mayDiffer: Bool
    private var losses: LossRecord
    private var strategy: (any ExecutionStrategy)?
    private var smallWork: SmallWork?
    private var firstStep = 0
    /// Events that nobody listens to cost nothing.
    private let callbacks: CallbackList
    private let interrupts: InterruptWatch?
    private let limit: TimeLimit?
    private var lastResult: (norm: GradientNorm, rate: Double)?
    /// The last checkpoint of this run, and how much had been logged when it was written.
    private var lastSave: (step: Int, logs: Int, folder: URL)?
    /// This rank's operations since they were last added up.
    private var flops = 0.0
    /// What came from outside since the last step began, to any rank.
    private var signal: Int32?
    private var isTimeUp = false

    init(_ trainer: Trainer, limit: TimeLimit?) throws {
        let arguments = trainer.arguments
        self.trainer = trainer
        ranks = trainer.ranks
        try Self.checkShares(arguments, ranks)
        let loader = try trainer.trainDataLoader()
        self.loader = ranks.areSeveral ? loader.sharded(arguments.shard(ranks)) : loader
        plan = try StepPlan(
            batchesPerEpoch: self.loader.batchCount, rows: loader.rowCount, arguments: arguments,
            ranks: ranks.worldSize)
        let isEven = loader is ExampleLoader && arguments.acceleratorConfig?.evenBatches ?? true
        mayDiffer = ranks.areSeveral && !isEven
        losses = LossRecord(arguments)
        callbacks = trainer.callbackList
        interrupts =
            arguments.saveOnInterrupt
            ? InterruptWatch() : arguments.enableJitCheckpoint ? InterruptWatch([SIGTERM]) : nil
        self.limit = limit
    }

    private static func checkShares(_ arguments: TrainingArguments, _ ranks: Ranks) throws {
        guard ranks.areSeveral, arguments.splitBatches else { return }
        guard arguments.perDeviceTrainBatchSize % ranks.worldSize == 0 else {
            throw TrainingError.argument(
                "accelerator_config: split_batches shares \(arguments.perDeviceTrainBatchSize) rows out to "
                    + "\(ranks.worldSize) ranks; per_device_train_batch_size must be a multiple of that")
        }
        guard arguments.trainSamplingStrategy != .batchRebalance else {
            throw TrainingError.argument(
                "accelerator_config: split_batches does not go together with train_sampling_strategy batch_rebalance")
        }
    }

    func run(from checkpoint: URL?) throws -> TrainOutput {
        let started = ContinuousClock.now
        try trainer.prepareTraining(plan)
        let resume = try checkpoint.map { try trainer.restore(checkpoint: $0) }
        strategy = try trainer.executionStrategy()
        trainer.setLearningRates()
        firstStep = trainer.state.globalStep
        losses.lastLoggedStep = firstStep
        trainer.tokenMeter?.begin(trainer.state)
        if trainer.showsInformation { Console.write(banner) }
        trainer.model.zeroGrad()
        trainer.model.train()
        try callbacks.trainBegin()
        if resume == nil, trainer.arguments.evalOnStart, trainer.evalExamples != nil {
            _ = try trainer.evaluateWithinTraining()
        }
        try agreeOnWishes()
        smallWork = SmallWork(
            // Threads decide how sums are cut; ranks have to get the same bits.
            isOn: trainer.arguments.numerics == .fast && trainer.device.kind == .cpu && !ranks.areSeveral,
            trainer.model.parameters())
        defer { smallWork = nil }
        try runEpochs(resume)
        return try finish(started)
    }

    private func runEpochs(_ resume: RestoredCheckpoint?) throws {
        var position = try ResumePosition(resume, trainer.state.globalStep, plan, trainer.arguments, loader, most: most)
        if let resume, isEpochEndPending(position, resume) {
            if let random = position.random { try trainer.randomStates.restore(random, device: trainer.device) }
            position = ResumePosition(epoch: position.epoch)
            try endEpoch()
        }
        // A run that is resumed at its end has nothing to do, also where it ended within an epoch.
        while position.epoch < plan.epochs, trainer.state.globalStep < plan.maxSteps,
            !trainer.control.shouldTrainingStop
        {
            try run(position)
            position = ResumePosition(epoch: position.epoch + 1)
        }
    }

    // MARK: Epochs and steps

    private func run(_ position: ResumePosition) throws {
        trainer.randomStates.isEpochEnded = false
        try callbacks.epochBegin()
        if position.skip == 0, let random = position.random {
            try trainer.randomStates.restore(random, device: trainer.device)
        }
        let batches = try ranks.withSharedGenerator(loader.drawsFromDefaultGenerator) {
            try trainer.randomStates.noteEpochStart(
                position.skip > 0 ? position.random : nil, isDrawnFrom: loader.drawsFromDefaultGenerator)
            return try loader.batches(epoch: position.epoch, skipping: position.skip)
        }
        var done = position.skip
        while done < plan.batchesPerEpoch {
            let group = try nextGroup(batches, done)
            // A rank without rows takes part for as long as another has some.
            let size = try most(group.count)
            if size == 0 { break }
            if done == position.skip, done > 0, let random = position.random {
                try trainer.randomStates.restore(random, device: trainer.device)
            }
            done += size
            try step(group)
            trainer.state.epoch = Double(position.epoch) + Double(done) / Double(plan.batchesPerEpoch)
            try callbacks.call { try $0.onStepEnd($1, control: &$2) }
            try agree()
            let isTimeUp = done < plan.batchesPerEpoch && stopsAtTimeLimit()
            try logEvaluateSave()
            // As after an interruption: what is due at the epoch's end is not due yet.
            if isTimeUp { return }
            if trainer.control.shouldEpochStop || trainer.control.shouldTrainingStop { break }
            // After an epoch's last step what is due at its end comes first. After a stop within it nothing is: the state
            // that was saved is that of the step.
            if done < plan.batchesPerEpoch, try stopsForInterrupt() { return }
        }
        stopWithoutData(done, position)
        try endEpoch()
        if stopsAtTimeLimit() { try logEvaluateSave() }
        _ = try stopsForInterrupt()
    }

    /// As Python, which would otherwise go through empty epochs for ever.
    private func stopWithoutData(_ done: Int, _ position: ResumePosition) {
        guard done == position.skip, position.skip == 0 else { return }
        Warnings.warn(
            "the training data gave no batch in an epoch; training stops at step \(trainer.state.globalStep) of "
                + "\(plan.maxSteps)")
        trainer.control.shouldTrainingStop = true
    }

    /// What one rank's callbacks, clock or user ask for, all do.
    private func agree() throws {
        signal = interrupts?.received
        isTimeUp = limit?.isReached ?? false
        guard ranks.areSeveral else { return }
        let wishes = try ranks.max(trainer.control.wishes + [Double(signal ?? 0), isTimeUp ? 1 : 0])
        trainer.control.take(wishes)
        signal = wishes[TrainerControl.wishCount] > 0 ? Int32(wishes[TrainerControl.wishCount]) : nil
        isTimeUp = wishes[TrainerControl.wishCount + 1] > 0
    }

    /// What callbacks of any rank ask for between two steps.
    private func agreeOnWishes() throws {
        guard ranks.areSeveral else { return }
        trainer.control.take(try ranks.max(trainer.control.wishes))
    }

    /// Once the time is up the run ends after this step, with a checkpoint to go on from.
    private func stopsAtTimeLimit() -> Bool {
        guard isTimeUp, trainer.state.globalStep < plan.maxSteps, !trainer.control.shouldTrainingStop
        else { return false }
        trainer.control.shouldTrainingStop = true
        trainer.control.shouldSave = true
        return true
    }

    private func endEpoch() throws {
        try callbacks.call { try $0.onEpochEnd($1, control: &$2) }
        try agree()
        trainer.randomStates.isEpochEnded = true
        try logEvaluateSave()
    }

    /// Whether the checkpoint was saved after the last step of an epoch, but before what is due at the epoch's end.
    /// An uninterrupted run evaluates there, so a resumed one does too; Python leaves it out, and with it a random number.
    private func isEpochEndPending(_ position: ResumePosition, _ resume: RestoredCheckpoint) -> Bool {
        let (state, arguments) = (trainer.state, trainer.arguments)
        guard state.globalStep > 0, position.followsEpochEnd || state.globalStep >= plan.maxSteps else { return false }
        if resume.random?.isEpochEnded == true { return false }
        if resume.isOurs { return true }
        guard arguments.saveStrategy == .steps, arguments.evalStrategy == .epoch else { return false }
        return !state.logHistory.contains { record in
            record["step"]?.intValue == state.globalStep && record.keys.contains { $0.hasPrefix("eval_") }
        }
    }

    /// The most of any rank, where they may have different numbers of batches.
    private func most(_ count: Int) throws -> Int {
        mayDiffer ? Int(try ranks.max([Double(count)])[0]) : count
    }

    /// All micro-batches of the next step: the last step of an epoch may have fewer.
    private func nextGroup(_ batches: BatchIterator, _ done: Int) throws -> [Batch] {
        var group: [Batch] = []
        let wanted = min(plan.accumulation, plan.batchesPerEpoch - done)
        while group.count < wanted, let batch = try batches.next() { group.append(batch) }
        return group
    }

    private func step(_ group: [Batch]) throws {
        guard let strategy, let optimizer = trainer.optimizer else { return }
        smallWork?.prepare(group)
        try callbacks.stepBegin()
        try trainer.countTokens(group)
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
        for batch in group { flops += trainer.floatingPointOperations(batch) }
        trainer.state.globalStep += 1
        if !result.isStepTaken { trainer.noteSkippedStep() }
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
        try trainer.checkSaving()
        if trainer.control.shouldLog, trainer.state.globalStep > losses.lastLoggedStep {
            try log()
            try agreeOnWishes()
        }
        if trainer.control.shouldEvaluate {
            let metrics = try trainer.evaluateWithinTraining()
            try agreeOnWishes()
            try trainer.stepEvaluationSchedule(metrics)
            let isBest = try trainer.noteBest(metrics)
            if trainer.arguments.saveStrategy == .best { trainer.control.shouldSave = isBest }
        }
        if trainer.control.shouldSave {
            try countOperations()
            try losses.check(step: trainer.state.globalStep, trainer)
            if let folder = try trainer.saveDueCheckpoint() {
                lastSave = (trainer.state.globalStep, trainer.state.logHistory.count, folder)
                try callbacks.save()
            } else {
                trainer.control.shouldSave = false
            }
            try agreeOnWishes()
        }
    }

    private func log() throws {
        var logs = Metrics()
        try losses.check(step: trainer.state.globalStep, trainer)
        try withTorchErrors {
            logs["loss"] = try losses.takeMean(step: trainer.state.globalStep, over: ranks)
            if let last = lastResult {
                logs["grad_norm"] = last.norm.item()
                logs["learning_rate"] = last.rate
            }
        }
        trainer.tokenMeter?.logsSpeed = true
        defer { trainer.tokenMeter?.logsSpeed = false }
        try trainer.log(logs)
    }

    /// - Returns: Whether the run ends here without an error: SIGTERM came, and `enable_jit_checkpoint` is set.
    private func stopsForInterrupt() throws -> Bool {
        guard let signal else { return false }
        try trainer.finishSaving()
        let isSaved =
            lastSave?.step == trainer.state.globalStep && lastSave?.logs == trainer.state.logHistory.count
            && !trainer.failedSaves.contains(trainer.state.globalStep)
        let saved = isSaved ? lastSave?.folder : nil
        var isThere = saved.map { FileManager.default.fileExists(atPath: $0.path) } ?? false
        // Rank 0 knows.
        if ranks.areSeveral { isThere = try ranks.broadcast([isThere ? 1 : 0]) == [1] }
        let checkpoint =
            isThere
            ? CheckpointFolders.url(of: trainer.state.globalStep, in: trainer.arguments.outputFolder)
            : try trainer.saveCheckpoint()
        if signal == SIGTERM, trainer.arguments.enableJitCheckpoint {
            trainer.control.shouldTrainingStop = true
            return true
        }
        throw TrainingError.interrupted(signal: signal, step: trainer.state.globalStep, checkpoint: checkpoint.path)
    }

    /// Adds up the operations of all ranks, as Python does when it saves.
    private func countOperations() throws {
        trainer.state.totalFlos += try ranks.sum([flops])[0]
        flops = 0
    }

    private var banner: String {
        TrainingBanner.training(
            trainer.arguments, ranks: ranks.worldSize, rows: loader.rowCount ?? Int(plan.samples), epochs: plan.epochs,
            stepsPerEpoch: plan.stepsPerEpoch, maxSteps: plan.maxSteps,
            parameters: trainer.model.parameters().reduce(0) { $0 + ($1.requiresGrad ? $1.numel : 0) })
    }

    // MARK: The end

    private func finish(_ started: ContinuousClock.Instant) throws -> TrainOutput {
        try trainer.finishSaving()
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        let steps = trainer.state.globalStep - firstStep
        let loss = try withTorchErrors { try losses.mean(steps: steps, over: ranks) }
        try countOperations()
        var metrics = SpeedMetrics.metrics(
            prefix: "train", seconds: seconds, samples: plan.samples * Double(steps) / Double(max(plan.maxSteps, 1)),
            steps: Double(steps))
        metrics["total_flos"] = trainer.state.totalFlos
        metrics["train_loss"] = loss
        trainer.memoryTracker?.stop(.training, adding: &metrics)
        try trainer.log(metrics)
        metrics["epoch"] = trainer.state.epoch
        trainer.tokenMeter?.add(to: &metrics, trainer.state)
        if trainer.arguments.loadBestModelAtEnd { try trainer.loadBestModel() }
        try trainer.keepOnlyBest()
        try ranks.together { try callbacks.call { try $0.onTrainEnd($1, control: &$2) } }
        return TrainOutput(globalStep: trainer.state.globalStep, trainingLoss: loss, metrics: metrics)
    }
}
