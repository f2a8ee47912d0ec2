public import Training

/// Base class of models that choose one of several texts.
open class MultipleChoiceModel: HeadedModel {
    open override var task: HeadTask { .multipleChoice }

    /// A score for each row of `[N * choices, L]`, `[N * choices, 1]`.
    open func scores(_ inputs: Batch) throws -> Tensor {
        preconditionFailure("a MultipleChoiceModel subclass must override scores(_:)")
    }

    /// Logits `[N, choices]` for inputs `[N, choices, L]`, and cross entropy with the batch's `labels` (`int64 [N]`) where
    /// it has some.
    ///
    /// - Throws: ``PretrainedModelError`` for inputs that do not have three dimensions.
    open override func output(_ inputs: Batch) throws -> ModelOutput {
        let ids = try inputs.require(.inputIds)
        guard ids.dim == 3 else {
            throw PretrainedModelError.argument(
                "multiple choice needs input_ids [N, choices, L]; they are \(ids.shape)")
        }
        let logits = try scores(flattened(inputs, choices: ids.size(1))).view(-1, ids.size(1))
        return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0.view(-1)) }, logits: logits)
    }

    /// Each choice as a row of its own.
    private func flattened(_ inputs: Batch, choices: Int) -> Batch {
        var flat = Batch(rows: inputs.rows.flatMap { row in (0..<choices).map { row * choices + $0 } })
        for (key, tensor) in inputs.entries where tensor.dim == 3 { flat[key] = tensor.view(-1, tensor.size(-1)) }
        flat.lengths = inputs.lengths.flatMap { $0.count == flat[.inputIds]?.size(0) ? $0 : nil }
        flat.step = inputs.step
        return flat
    }
}

/// An architecture with a head that chooses: `BertForMultipleChoice` and the like.
public final class ForMultipleChoice<Base: Backbone>: MultipleChoiceModel, BackboneHolder {
    @Child public var base: Base
    @Child public var head: ClassificationHead
    public override var backbone: (any Backbone)? { base }
    public override var memberOrder: [String] { Base.partOrder }

    /// A new model with Python's initial values, drawn from the CPU's generator.
    ///
    /// - Parameter config: Sizes and settings.
    /// - Throws: ``PretrainedModelError`` where the configuration cannot be used.
    public convenience init(_ config: ModelConfiguration) throws { try self.init(config, initialize: true) }

    init(_ config: ModelConfiguration, initialize: Bool) throws {
        let design = try Base.design(.multipleChoice, config)
        // Python makes the pooling layer here even where the head does not use it.
        let (base, head) = try Base.assembled(
            config, addPoolingLayer: true, initialize: initialize
        ) { width in
            ClassificationHead(design, width: width, outputs: 1, initialize: initialize)
        }
        _base = Child(Base.prefix(.multipleChoice), base)
        _head = Child("", head)
        super.init(config: config)
        if initialize { head.apply { initializeMissing($0) } }
    }

    public override func scores(_ inputs: Batch) throws -> Tensor {
        let pooled = try base.pooledStates(inputs, head.design.pooling)
        return head(pooled, HeadDropout(rowsOf: inputs, pooled, after: base.dropoutSites, training: training))
    }
}
