extension Trainer {
    /// Label smoothing (Szegedy et al. 2016) as Python's `LabelSmoother`: the model computes no loss of its own. Its class
    /// weights, which Python drops here, count.
    func smoothedOutput(_ inputs: Batch) throws -> ModelOutput {
        var unlabelled = inputs
        unlabelled[.labels] = nil
        var output = try forward(unlabelled)
        guard var labels = inputs[.labels], var logits = output.logits else {
            throw TrainingError.argument("label smoothing needs a model that gives logits")
        }
        guard !labels.dtype.isFloatingPoint else {
            throw TrainingError.argument(
                "label_smoothing_factor needs labels that are class ids; these are numbers (\(labels.dtype)); set it to 0"
            )
        }
        if model.predictsNextToken {
            logits = logits.slice(dim: -2, end: logits.size(-2) - 1)
            labels = labels.slice(dim: -1, start: 1)
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
        // Python divides by the step's count where the model takes one; of the next token's predictions `LossScale` sees to it.
        if arguments.lossScaling == .python, model.acceptsLossCount, !model.predictsNextToken, weight == nil,
            let count = inputs.step?.labelCount
        {
            output.loss = loss(.sum) / Double(max(count, 1))
        } else {
            output.loss = loss(.mean)
        }
        return output
    }

    /// The loss of an evaluated batch: with `lossScaling: .python` that of a model that predicts the next token is, as in
    /// Python, divided by the labels that Python counts.
    /// Of several ranks' batches Python multiplies the losses as in training.
    func evaluated(_ loss: Tensor, _ inputs: Batch) -> Tensor {
        guard arguments.lossScaling == .python, inputs[.labels] != nil else { return loss }
        let takesCount = model.acceptsLossCount || computeLossFunc != nil
        let loss =
            ranks.areSeveral && arguments.averageTokensAcrossDevices && takesCount
            ? loss * Double(ranks.worldSize) : loss
        guard model.predictsNextToken, computeLossFunc == nil else { return loss }
        let (own, count) = (model.labelCount(inputs), model.pythonLabelCount(inputs))
        return own == count || count == 0 ? loss : loss * (Double(own) / Double(count))
    }
}
