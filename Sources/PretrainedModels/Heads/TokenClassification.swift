public import Training

/// Base class of models that give each token a label.
open class TokenClassificationModel: HeadedModel, ClassifyingModel {
    public var numLabels: Int { config.numLabels }
    /// The labels' names by class id.
    public var labels: [String] { config.labels }
    open override var task: HeadTask { .tokenClassification }

    /// The hidden states and the scores of their labels, `[…, numLabels]`.
    open func scores(_ inputs: Batch) throws -> (states: TokenStates, logits: Tensor) {
        preconditionFailure("a TokenClassificationModel subclass must override scores(_:)")
    }

    /// Logits `[N, L, numLabels]`, and cross entropy with the batch's `labels` (`int64 [N, L]`, -100 ignored) where it has
    /// some. On the fast path the logits of padding are zeros.
    open override func output(_ inputs: Batch) throws -> ModelOutput {
        let (states, logits) = try scores(inputs)
        let loss = inputs[.labels].map { crossEntropy(logits.reshape(-1, numLabels), states.flat($0)) }
        return ModelOutput(loss: loss, logits: states.padded(logits))
    }
}

/// An architecture with a head that classifies tokens: `BertForTokenClassification` and the like.
public final class ForTokenClassification<Base: Backbone>: TokenClassificationModel, BackboneHolder {
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
        let design = try Base.design(.tokenClassification, config)
        let (base, head) = try Base.assembled(
            config, addPoolingLayer: false, initialize: initialize
        ) { width in
            ClassificationHead(design, width: width, outputs: config.numLabels, initialize: initialize)
        }
        _base = Child(Base.prefix(.tokenClassification), base)
        _head = Child("", head)
        super.init(config: config)
        if initialize { head.apply { initializeMissing($0) } }
    }

    public override func scores(_ inputs: Batch) throws -> (states: TokenStates, logits: Tensor) {
        let states = try base.tokenStates(inputs, allowsPacking: true)
        return (states, head(states.hidden, HeadDropout(states, after: base.dropoutSites, training: training)))
    }
}
