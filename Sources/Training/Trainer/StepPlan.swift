/// How many steps, epochs and batches a run takes, by Python's arithmetic.
struct StepPlan {
    /// Batches in an epoch.
    let batchesPerEpoch: Int
    /// Micro-batches in a step.
    let accumulation: Int
    /// Optimizer steps in an epoch.
    let stepsPerEpoch: Int
    let maxSteps: Int
    /// Epochs of the loop; the last may be cut short.
    let epochs: Int
    /// Rows that the whole run reads, for the speed figures.
    let samples: Double

    init(batchesPerEpoch: Int, rows: Int, arguments: TrainingArguments) {
        self.batchesPerEpoch = batchesPerEpoch
        accumulation = arguments.gradientAccumulationSteps
        let whole = batchesPerEpoch / accumulation
        stepsPerEpoch = max(whole + (batchesPerEpoch % accumulation > 0 ? 1 : 0), 1)
        if arguments.maxSteps > 0 {
            maxSteps = arguments.maxSteps
            epochs = (maxSteps + stepsPerEpoch - 1) / stepsPerEpoch
            samples = Double(maxSteps * arguments.perDeviceTrainBatchSize * accumulation)
        } else {
            maxSteps = Int((arguments.numTrainEpochs * Double(stepsPerEpoch)).rounded(.up))
            epochs = Int(arguments.numTrainEpochs.rounded(.up))
            samples = Double(rows) * arguments.numTrainEpochs
        }
    }
}
