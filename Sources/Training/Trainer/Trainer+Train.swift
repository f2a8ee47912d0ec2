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
    /// - Throws: ``TrainingError``, `TorchError`, or what the model, the data or a callback throws.
    @discardableResult
    public func train(
        resumeFromCheckpoint: ResumeFromCheckpoint? = nil, ignoreKeysForEval: [String]? = nil
    ) throws -> TrainOutput {
        self.ignoreKeysForEval = ignoreKeysForEval
        guard let examples = trainExamples else { throw TrainingError.argument("train needs a trainDataset") }
        try withTorchErrors { try checkTrainingData(examples) }
        try checkOutputFolder()
        try cleanUp(arguments.outputFolder)
        let checkpoint = try (resumeFromCheckpoint ?? arguments.resumeFromCheckpoint).map { try findCheckpoint($0) }
        return try TrainingLoop(self, examples).run(from: checkpoint)
    }

    /// Sets up what a run needs.
    func prepareTraining(_ plan: StepPlan) throws {
        state = TrainerState()
        state.maxSteps = plan.maxSteps
        state.numTrainEpochs = plan.epochs
        state.trainBatchSize = arguments.perDeviceTrainBatchSize
        state.loggingSteps = arguments.loggingInterval(totalSteps: plan.maxSteps)
        state.evalSteps = arguments.evalInterval(totalSteps: plan.maxSteps)
        state.saveSteps = arguments.saveInterval(totalSteps: plan.maxSteps)
        if optimizer == nil { optimizer = try withTorchErrors { try createOptimizer() } }
        if schedule == nil { schedule = createSchedule(totalSteps: plan.maxSteps) }
        setLearningRates()
    }

    /// Gives every group the learning rate of the next step.
    func setLearningRates() {
        guard let optimizer, let schedule else { return }
        let factor = schedule.factor(state.globalStep)
        for index in optimizer.groups.indices {
            optimizer.groups[index].learningRate = optimizer.groups[index].initialLearningRate * factor
        }
    }
}
