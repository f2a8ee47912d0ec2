extension Trainer {
    /// Label smoothing (Szegedy et al. 2016) as Python's `LabelSmoother`: the model computes no loss of its own. Its class
    /// weights, which Python drops here, count.
    func smoothedOutput(_ inputs: Batch) throws -> ModelOutput {
        var unlabelled = inputs
        unlabelled[.labels] = nil
        var output = try forward(unlabelled)
        guard let labels = inputs[.labels], let logits = output.logits else {
            throw TrainingError.argument("label smoothing needs a model that gives logits")
        }
        let rows = logits.reshape([-1, logits.size(-1)])
        let weight = (model as? any ClassifyingModel)?.classWeights.map {
            Tensor($0).to(device: logits.device, dtype: logits.dtype)
        }
        func loss(_ reduction: Reduction) -> Tensor {
            crossEntropy(
                rows, labels.reshape([-1]), weight: weight, labelSmoothing: arguments.labelSmoothingFactor,
                reduction: reduction)
        }
        // Python divides by the step's count where the model takes one.
        if arguments.lossScaling == .python, model.acceptsLossCount, weight == nil, let count = inputs.step?.labelCount
        {
            output.loss = loss(.sum) / Double(max(count, 1))
        } else {
            output.loss = loss(.mean)
        }
        return output
    }
}
