import Foundation

/// A learning rate that follows evaluations: `reduce_lr_on_plateau`, `greedy`, or one of the program's own.
extension Trainer {
    func beginEvaluationSchedule() throws {
        guard let optimizer, schedule?.evaluations != nil else { return }
        guard arguments.evalStrategy != .no else {
            throw TrainingError.argument(
                "the schedule \(schedule?.name ?? "") needs an eval_strategy other than no")
        }
        try schedule?.evaluations?.begin(rates: optimizer.groups.map { $0.learningRate })
    }

    /// Changes the rates after an evaluation of the loop.
    ///
    /// - Throws: ``TrainingError/argument(_:)`` where the evaluation gave no number of the wanted name.
    func stepEvaluationSchedule(_ metrics: Metrics) throws {
        guard let optimizer, schedule?.evaluations != nil else { return }
        let value = try metric(arguments.effectiveMetricForBestModel ?? "loss", in: metrics)
        let rates = schedule?.evaluations?.step(value, rates: optimizer.groups.map { $0.learningRate })
        setLearningRates(to: rates)
    }

    /// Takes the schedule's state of a checkpoint: how far it was, for it may not have counted every step.
    func restoreSchedule(_ file: URL) throws {
        let value = try TorchArchive.load(file)
        if schedule?.evaluations != nil {
            setLearningRates(to: try schedule?.evaluations?.restore(value))
        } else if let counted = value["last_epoch"]?.intValue {
            uncountedSteps = min(max(state.globalStep - counted, 0), state.globalStep)
        }
    }

    private func setLearningRates(to rates: [Double]?) {
        guard let optimizer, let rates else { return }
        for (index, rate) in zip(optimizer.groups.indices, rates) { optimizer.groups[index].learningRate = rate }
    }
}
