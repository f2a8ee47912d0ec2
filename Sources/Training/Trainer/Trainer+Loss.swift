extension Trainer {
    /// The loss to train, and how many terms it averages where the model says.
    func trainingLoss(_ inputs: Batch, _ scale: LossScale) throws -> (loss: Tensor, count: Int?) {
        guard arguments.labelSmoothingFactor > 0, inputs[.labels] != nil else {
            let output = try computeLoss(inputs)
            guard let loss = output.loss else { throw TrainingError.argument("the model gave no loss") }
            return (loss, output.lossCount)
        }
        return (try smoothedOutput(inputs, divisor: scale.divisor()).loss ?? Tensor.zeros([]), inputs.labelCount)
    }

    /// The output for a batch of evaluation, with the loss that training uses.
    func evaluationOutput(_ inputs: Batch) throws -> ModelOutput {
        guard arguments.labelSmoothingFactor > 0, inputs[.labels] != nil else { return try computeLoss(inputs) }
        return try smoothedOutput(inputs, divisor: nil)
    }

    /// Label smoothing (Szegedy et al. 2016) as Python's `LabelSmoother`: the model computes no loss of its own.
    private func smoothedOutput(_ inputs: Batch, divisor: Int?) throws -> ModelOutput {
        var unlabelled = inputs
        unlabelled[.labels] = nil
        var output = try model.forward(unlabelled)
        guard let labels = inputs[.labels], let logits = output.logits else {
            throw TrainingError.argument("label smoothing needs a model that gives logits")
        }
        let classes = logits.size(-1)
        let sum = crossEntropy(
            logits.reshape([-1, classes]), labels.reshape([-1]), labelSmoothing: arguments.labelSmoothingFactor,
            reduction: .sum)
        let count = divisor ?? labels.ne(-100).sum().item(as: Int.self)
        output.loss = sum / Double(max(count, 1))
        return output
    }
}
