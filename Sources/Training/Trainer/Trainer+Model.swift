/// Computes the loss that is trained: from the model's output without labels, the labels (nil where the batch has none) and
/// the number of labels that count in the whole step (nil outside training). Python's `compute_loss_func`.
public typealias ComputeLossFunc = (_ outputs: ModelOutput, _ labels: Tensor?, _ numItemsInBatch: Int?) throws -> Tensor

extension Trainer {
    static func made(
        _ model: (any TrainableModel)?, _ modelInit: (() throws -> any TrainableModel)?
    ) throws -> any TrainableModel {
        if let model { return model }
        guard let modelInit else { throw TrainingError.argument("the trainer needs a model") }
        return try withTorchErrors { try modelInit() }
    }

    /// Moves the model to the device.
    func placeModel() throws {
        if device.kind != .cpu { try withTorchErrors { _ = model.to(device: device) } }
    }

    /// Makes the model again, with the seed's random numbers, where it was not given.
    func remakeModel() throws {
        guard let modelInit else { return }
        setSeed(arguments.seed)
        model = try withTorchErrors { try modelInit() }
        try placeModel()
        optimizer = nil
        schedule = nil
        sharded = nil
    }

    func output(_ inputs: Batch, loss: ComputeLossFunc) throws -> ModelOutput {
        var unlabelled = inputs
        unlabelled[.labels] = nil
        var output = try forward(unlabelled)
        output.loss = try loss(output, inputs[.labels], inputs.step?.labelCount)
        return output
    }

    /// The learning rate of each parameter group for the next step.
    ///
    /// - Throws: ``TrainingError/argument(_:)`` before the optimizer has been made.
    public func learningRates() throws -> [Double] {
        guard let optimizer else {
            throw TrainingError.argument(
                "there is no optimizer yet: call it after training has begun, or createOptimizer")
        }
        return optimizer.groups.map { $0.learningRate }
    }

    /// How many numbers are trained.
    public func numTrainableParameters() -> Int { model.numParameters(onlyTrainable: true) }

    /// The group that a parameter is in; nil where the optimizer does not know it.
    ///
    /// - Throws: As ``learningRates()``.
    public func optimizerGroup(of parameter: Tensor) throws -> ParameterGroup? {
        _ = try learningRates()
        if let sharded { return sharded.groupIndex(of: parameter).map { sharded.optimizer.groups[$0] } }
        return optimizer?.groups.first { group in group.parameters.contains { $0 === parameter } }
    }

    /// Rows in an optimizer step.
    public var totalTrainBatchSize: Int {
        arguments.perDeviceTrainBatchSize * arguments.gradientAccumulationSteps
            * (arguments.splitBatches ? 1 : ranks.worldSize)
    }
}
