/// How many steps, epochs and batches a run takes, by Python's arithmetic.
struct StepPlan {
    /// Batches in an epoch; where they are not known before, those of the whole run.
    let batchesPerEpoch: Int
    /// Whether the number of batches in an epoch is not known.
    let isUnsized: Bool
    /// Micro-batches in a step.
    let accumulation: Int
    /// Optimizer steps in an epoch.
    let stepsPerEpoch: Int
    let maxSteps: Int
    /// Epochs of the loop; the last may be cut short.
    let epochs: Int
    /// Rows that the whole run reads, for the speed figures.
    let samples: Double

    /// - Throws: ``TrainingError/argument(_:)`` where neither the data nor the arguments say when to stop.
    /// - Parameters:
    ///   - batchesPerEpoch: Of one rank.
    ///   - rows: Of all ranks.
    init(batchesPerEpoch: Int?, rows: Int?, arguments: TrainingArguments, ranks: Int = 1) throws {
        accumulation = arguments.gradientAccumulationSteps
        isUnsized = batchesPerEpoch == nil
        let stepRows = arguments.perDeviceTrainBatchSize * accumulation * (arguments.splitBatches ? 1 : ranks)
        guard let batchesPerEpoch else {
            guard arguments.maxSteps > 0 else {
                throw TrainingError.argument(
                    "the number of training rows is not known, so max_steps must say when to stop")
            }
            maxSteps = arguments.maxSteps
            stepsPerEpoch = maxSteps
            self.batchesPerEpoch = maxSteps * accumulation
            epochs = .max
            samples = Double(maxSteps * stepRows)
            return
        }
        self.batchesPerEpoch = batchesPerEpoch
        let whole = batchesPerEpoch / accumulation
        stepsPerEpoch = max(whole + (batchesPerEpoch % accumulation > 0 ? 1 : 0), 1)
        if arguments.maxSteps > 0 {
            maxSteps = arguments.maxSteps
            epochs = (maxSteps + stepsPerEpoch - 1) / stepsPerEpoch
            samples = Double(maxSteps * stepRows)
        } else {
            maxSteps = Int((arguments.numTrainEpochs * Double(stepsPerEpoch)).rounded(.up))
            epochs = Int(arguments.numTrainEpochs.rounded(.up))
            samples = Double(rows ?? stepRows / accumulation * batchesPerEpoch) * arguments.numTrainEpochs
        }
    }
}
