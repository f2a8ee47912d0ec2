import OrderedJSON
public import Training

/// Base class of models that give each text one label out of several.
open class SequenceClassificationModel: PretrainedModel, TrainableModel, ClassifyingModel, InputChecking {
    /// Factors of the classes in the cross entropy; nil: all alike.
    public var classWeights: [Double]?

    public var numLabels: Int { config.numLabels }
    /// The labels' names by class id.
    public var labels: [String] { config.labels }

    public var vocabularySize: Int? { config["vocab_size"]?.intValue }
    public var maxInputLength: Int? { config["max_position_embeddings"]?.intValue }

    // Python's forward has **kwargs.
    public var acceptsLossCount: Bool { true }
    public var inputNames: [String]? { ["input_ids", "attention_mask", "token_type_ids"] }

    /// The labels that count, or their class weights added up: what the mean of the cross entropy divides by.
    public func lossWeight(_ inputs: Batch) -> Double {
        guard let classWeights, let labels = inputs[.labels], !labels.dtype.isFloatingPoint else {
            return Double(labelCount(inputs))
        }
        return labels.array(of: Int.self).reduce(0) {
            $0 + (classWeights.indices.contains($1) ? classWeights[$1] : 0)
        }
    }

    /// Scores of the labels, `[N, numLabels]`.
    open func logits(_ inputs: Batch) throws -> Tensor {
        preconditionFailure("a SequenceClassificationModel subclass must override logits(_:)")
    }

    /// 6 for each token, padding included, and each parameter outside embeddings: Python's estimate of a training step.
    public func floatingPointOperations(_ inputs: Batch) -> Double {
        Double(6 * (inputs[.inputIds]?.numel ?? 0) * parametersOutsideEmbeddings)
    }

    private lazy var parametersOutsideEmbeddings: Int = {
        let tables = namedModules().reduce(0) { $0 + (($1.module as? Embedding)?.weight.numel ?? 0) }
        return numParameters() - tables
    }()

    /// Logits, and cross entropy with the batch's `labels` (`int64 [N]`, -100 ignored) where it has some.
    ///
    /// - Throws: `BatchError`, `TorchError` (a token outside the vocabulary, a text longer than the positions),
    ///   ``PretrainedModelError``.
    public func forward(_ inputs: Batch) throws -> ModelOutput {
        try withTorchErrors { try output(inputs) }
    }

    private func output(_ inputs: Batch) throws -> ModelOutput {
        let logits = try logits(inputs)
        guard let labels = inputs[.labels] else { return ModelOutput(logits: logits) }
        try checkProblemType(labels)
        if let classWeights, classWeights.count != numLabels {
            throw PretrainedModelError.argument(
                "there are \(classWeights.count) class weights for \(numLabels) labels")
        }
        let loss = crossEntropy(logits, labels.view(-1), weight: classWeight(on: logits.device))
        return ModelOutput(loss: loss, logits: logits)
    }

    // Made each time: one made in inference mode could not take part in training.
    private func classWeight(on device: Device) -> Tensor? {
        classWeights.map { Tensor($0).to(device: device, dtype: .float32) }
    }

    /// Python settles `problem_type` on the first batch and keeps it in the configuration.
    private func checkProblemType(_ labels: Tensor) throws {
        if let type = config["problem_type"]?.stringValue {
            guard type == "single_label_classification" else {
                throw PretrainedModelError.argument("problem_type '\(type)' is not supported yet")
            }
            return
        }
        guard numLabels > 1, !labels.dtype.isFloatingPoint else {
            throw PretrainedModelError.argument(
                "regression and multi-label classification are not supported yet: \(numLabels) label"
                    + "\(numLabels == 1 ? "" : "s") of type \(labels.dtype)")
        }
        config["problem_type"] = "single_label_classification"
    }
}
