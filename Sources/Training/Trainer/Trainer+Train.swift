import Foundation

/// What ``Trainer/train(resumeFromCheckpoint:ignoreKeysForEval:)`` gives.
public struct TrainOutput: Sendable, Hashable {
    /// Optimizer steps done, those before a resume included.
    public let globalStep: Int
    /// Mean loss of the steps of this call.
    public let trainingLoss: Double
    /// `train_runtime` (seconds), `train_samples_per_second`, `train_steps_per_second`, `total_flos`, `train_loss`, `epoch`.
    public let metrics: Metrics
}

extension Trainer {
    /// Trains as the arguments say.
    ///
    /// - Parameter resumeFromCheckpoint: Goes on from the newest checkpoint of the output folder (`.latest`) or from a
    ///   folder, as if there had been no break; nil: what the arguments say.
    /// - Parameter ignoreKeysForEval: Outputs of the model that evaluations during training leave out.
    /// - Throws: ``TrainingError``, `TorchError`, or what the model, the data or a callback throws. Where there are several
    ///   ranks, this one has then left them (``Ranks/leave()``), unless all were interrupted; a new trainer brings them
    ///   together again.
    @discardableResult
    public func train(
        resumeFromCheckpoint: ResumeFromCheckpoint? = nil, ignoreKeysForEval: [String]? = nil
    ) throws -> TrainOutput {
        self.ignoreKeysForEval = ignoreKeysForEval
        memoryTracker?.start(.training)
        defer {
            memoryTracker?.stop(.training)
            for callback in callbacks { (callback as? ProgressCallback)?.close() }
        }
        do {
            return try wholeRun(resumeFromCheckpoint)
        } catch {
            abandonSaving()
            leaveRanks(after: error)
            throw error
        }
    }

    private func wholeRun(_ resumeFromCheckpoint: ResumeFromCheckpoint?) throws -> TrainOutput {
        try remakeModel()
        try withTorchErrors { try checkData() }
        try checkOutputFolder()
        if shouldSave { try CheckpointStore(files: files, output: arguments.outputFolder).cleanUp() }
        try ranks.barrier()
        let wanted = try resumptionAfterRestart() ?? resumeFromCheckpoint ?? arguments.resumeFromCheckpoint
        let checkpoint = try wanted.map { try findCheckpoint($0) }
        let limit = TimeLimit(seconds: arguments.maxTrainSeconds)
        return try withTrainingModes {
            try findingBatchSize(checkpoint) { try TrainingLoop(self, limit: limit).run(from: checkpoint) }
        }
    }

    /// The others would wait for this rank at their next step until the time is up, should the program go on after an error
    /// that came here alone.
    private func leaveRanks(after error: any Error) {
        // All were told of this one.
        if case TrainingError.interrupted = error { return }
        // Who ends first is taken for the cause: the others may be quicker to say that this rank is gone.
        if ranks.areSeveral, !ranks.haveParted, !(error is DistributedError) {
            Warnings.warn("rank \(ranks.rank) leaves the others: \(error)")
        }
        ranks.leave()
    }

    /// Sets up what a run needs.
    func prepareTraining(_ plan: StepPlan) throws {
        state = TrainerState()
        state.isWorldProcessZero = ranks.isFirst
        state.isLocalProcessZero = ranks.isLocalFirst
        uncountedSteps = 0
        state.maxSteps = plan.maxSteps
        state.numTrainEpochs = plan.epochs
        state.trainBatchSize = arguments.perDeviceTrainBatchSize
        state.loggingSteps = arguments.loggingInterval(totalSteps: plan.maxSteps)
        state.evalSteps = arguments.evalInterval(totalSteps: plan.maxSteps)
        state.saveSteps = arguments.saveInterval(totalSteps: plan.maxSteps)
        noteCallbackStates()
        if madeSchedule { schedule = nil }
        try withTorchErrors { try createOptimizerAndScheduler(numTrainingSteps: plan.maxSteps) }
        try shardModel()
        try beginEvaluationSchedule()
        try checkResources(plan)
        setLearningRates()
    }

    /// Gives every group the learning rate of the next step, where steps change it.
    func setLearningRates() {
        guard let optimizer, let schedule, schedule.evaluations == nil else { return }
        let factor = schedule.factor(state.globalStep - uncountedSteps)
        for index in optimizer.groups.indices {
            optimizer.groups[index].learningRate = optimizer.groups[index].initialLearningRate * factor
        }
    }
}
