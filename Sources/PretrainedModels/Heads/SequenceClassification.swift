import OrderedJSON
public import Training

/// Base class of models that give each text one label out of several, several labels at once, or numbers, by the
/// configuration's `problem_type`.
open class SequenceClassificationModel: HeadedModel, ClassifyingModel {
    /// Factors of the classes in the cross entropy; nil: all alike.
    public var classWeights: [Double]?

    public var numLabels: Int { config.numLabels }
    /// The labels' names by class id.
    public var labels: [String] { config.labels }
    open override var task: HeadTask { .sequenceClassification }

    /// The rows' weight in the loss: the labels that count, or their class weights added up: what the mean of the cross
    /// entropy divides by. Numbers and several labels at once count each.
    open override func lossWeight(_ inputs: Batch) -> Double {
        guard let labels = inputs[.labels] else { return Double(labelCount(inputs)) }
        if readsShares(labels) {
            return Double(isClassIds(labels) ? labels.ge(0).sum().item(as: Int.self) : labels.size(0))
        }
        if labels.dtype.isFloatingPoint { return Double(labels.numel) }
        guard let classWeights else { return Double(labelCount(inputs)) }
        return labels.array(of: Int.self).reduce(0) {
            $0 + (classWeights.indices.contains($1) ? classWeights[$1] : 0)
        }
    }

    /// Scores of the labels, `[N, numLabels]`.
    open func logits(_ inputs: Batch) throws -> Tensor {
        preconditionFailure("a SequenceClassificationModel subclass must override logits(_:)")
    }

    /// Logits, and the loss of the configuration's `problem_type` where the batch has `labels`:
    ///
    /// - `single_label_classification`: cross entropy; labels `int64 [N]`, -100 ignored.
    /// - `multi_label_classification`: binary cross entropy; labels `float32 [N, numLabels]` of 0 and 1.
    /// - `regression`: mean squared error; labels `float32 [N]`, or `[N, numLabels]`.
    ///
    /// Where none is settled, labels and their number settle it, but for DeBERTa-v2: there rows of numbers are shares of the
    /// classes (cross entropy with all of them), and class ids below 0 are ignored.
    open override func output(_ inputs: Batch) throws -> ModelOutput {
        let logits = try logits(inputs)
        guard let labels = inputs[.labels] else { return ModelOutput(logits: logits) }
        return ModelOutput(loss: try loss(logits, labels), logits: logits)
    }

    private func loss(_ logits: Tensor, _ labels: Tensor) throws -> Tensor {
        if readsShares(labels) { return try unsettledLoss(logits, labels) }
        let type = try problemType(labels)
        if classWeights != nil, type != .singleLabelClassification {
            throw PretrainedModelError.argument("class weights need problem_type single_label_classification")
        }
        switch type {
        case .singleLabelClassification:
            if let classWeights, classWeights.count != numLabels {
                throw PretrainedModelError.argument(
                    "there are \(classWeights.count) class weights for \(numLabels) labels")
            }
            return crossEntropy(logits, labels.view(-1), weight: classWeight(on: logits.device))
        case .multiLabelClassification:
            guard labels.shape == logits.shape else { throw misshapen(labels, logits, type) }
            return binaryCrossEntropyWithLogits(logits, labels.to(logits.dtype))
        case .regression:
            guard labels.numel == logits.numel else { throw misshapen(labels, logits, type) }
            let target = labels.to(logits.dtype)
            return numLabels == 1 ? mseLoss(logits.view(-1), target.view(-1)) : mseLoss(logits, target)
        }
    }

    /// Whether the head has ``HeadDesign/readsShares``.
    var readsShares: Bool { false }

    private func readsShares(_ labels: Tensor) -> Bool {
        readsShares && classWeights == nil && numLabels > 1 && config["problem_type"] ?? .null == .null
    }

    private func isClassIds(_ labels: Tensor) -> Bool { labels.dim == 1 || labels.size(-1) == 1 }

    private func unsettledLoss(_ logits: Tensor, _ labels: Tensor) throws -> Tensor {
        guard isClassIds(labels) else {
            guard labels.shape == logits.shape else {
                throw PretrainedModelError.argument(
                    "labels must be one class id for each text, or \(logits.shape), a share for each class; they are "
                        + "\(labels.shape)")
            }
            return -(logits.logSoftmax(dim: -1) * labels).sum(dim: [-1]).mean()
        }
        let ids = labels.view(-1).to(.int64)
        let counts = labels.view(-1).ge(0)
        guard counts.any().item() != 0 else { return logits.sum() * 0 }
        return crossEntropy(logits, ids.maskedFill(counts.logicalNot(), -100))
    }

    private func misshapen(_ labels: Tensor, _ logits: Tensor, _ type: ProblemType) -> PretrainedModelError {
        .argument(
            "labels of \(type.rawValue) must be \(logits.shape), one number for each label; they are \(labels.shape)")
    }

    // Made each time: one made in inference mode could not take part in training.
    private func classWeight(on device: Device) -> Tensor? {
        classWeights.map { Tensor($0).to(device: device, dtype: .float32) }
    }

    /// Python settles `problem_type` on the first batch and keeps it in the configuration.
    private func problemType(_ labels: Tensor) throws -> ProblemType {
        if let type = try config.problemType() { return type }
        let type: ProblemType =
            numLabels == 1
            ? .regression : labels.dtype.isFloatingPoint ? .multiLabelClassification : .singleLabelClassification
        config["problem_type"] = .string(type.rawValue)
        return type
    }
}

/// What the labels of a text mean (Python's `problem_type`).
public enum ProblemType: String, Sendable, Hashable, CaseIterable {
    case regression
    case singleLabelClassification = "single_label_classification"
    case multiLabelClassification = "multi_label_classification"
}

extension ModelConfiguration {
    /// `problem_type`; nil where it is not settled.
    ///
    /// - Throws: ``PretrainedModelError``.
    public func problemType() throws -> ProblemType? {
        guard let value = self["problem_type"], value != .null else { return nil }
        guard let type = value.stringValue.flatMap(ProblemType.init(rawValue:)) else {
            throw invalid(
                "problem_type", value, "supported: \(ProblemType.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return type
    }
}

/// An architecture with a head that classifies texts: `BertForSequenceClassification` and the like.
public final class ForSequenceClassification<Base: Backbone>: SequenceClassificationModel, BackboneHolder {
    @Child public var base: Base
    @Child public var head: ClassificationHead
    public override var backbone: (any Backbone)? { base }
    public override var memberOrder: [String] { Base.partOrder }
    override var readsShares: Bool { head.design.readsShares }

    /// A new model with Python's initial values, drawn from the CPU's generator.
    ///
    /// - Parameter config: Sizes and settings.
    /// - Throws: ``PretrainedModelError`` where the configuration cannot be used.
    public convenience init(_ config: ModelConfiguration) throws { try self.init(config, initialize: true) }

    init(_ config: ModelConfiguration, initialize: Bool) throws {
        let design = try Base.design(.sequenceClassification, config)
        let (base, head) = try Base.assembled(
            config, addPoolingLayer: design.pooling == .pooler, initialize: initialize
        ) { width in
            ClassificationHead(design, width: width, outputs: config.numLabels, initialize: initialize)
        }
        _base = Child(Base.prefix(.sequenceClassification), base)
        _head = Child("", head)
        super.init(config: config)
        if initialize { head.apply { initializeMissing($0) } }
    }

    public override func logits(_ inputs: Batch) throws -> Tensor {
        let pooled = try base.pooledStates(inputs, head.design.pooling)
        return head(pooled, HeadDropout(rowsOf: inputs, pooled, after: base.dropoutSites, training: training))
    }
}
