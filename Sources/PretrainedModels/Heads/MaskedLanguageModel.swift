public import Training

/// Base class of models that predict masked tokens.
open class MaskedLanguageModel: HeadedModel {
    open override var task: HeadTask { .maskedLM }

    /// The hidden states of all tokens.
    open func states(_ inputs: Batch) throws -> TokenStates {
        preconditionFailure("a MaskedLanguageModel subclass must override states(_:)")
    }

    /// Scores of the vocabulary for hidden states, `[…, hidden]` → `[…, vocabulary]`.
    open func scores(_ states: Tensor) -> Tensor {
        preconditionFailure("a MaskedLanguageModel subclass must override scores(_:)")
    }

    /// Logits `[N, L, vocabulary]`, and cross entropy with the batch's `labels` (`int64 [N, L]`, -100 ignored) where it
    /// has some. While training on the fast path only the tokens with a label are scored, and there are no logits.
    open override func output(_ inputs: Batch) throws -> ModelOutput {
        let states = try states(inputs)
        guard let labels = inputs[.labels] else {
            return ModelOutput(logits: states.padded(scores(states.hidden)))
        }
        let flat = states.flat(labels)
        if training, inputs.step?.isFast == true {
            let places = flat.ne(-100).nonzero().view(-1)
            let hidden = states.hidden.reshape(-1, states.hidden.size(-1)).indexSelect(dim: 0, index: places)
            return ModelOutput(loss: crossEntropy(scores(hidden), flat.indexSelect(dim: 0, index: places)))
        }
        let logits = scores(states.hidden)
        return ModelOutput(
            loss: crossEntropy(logits.reshape(-1, logits.size(-1)), flat), logits: states.padded(logits))
    }
}

/// An architecture with a head that predicts masked tokens: `BertForMaskedLM` and the like.
public final class ForMaskedLM<Base: Backbone>: MaskedLanguageModel, BackboneHolder {
    @Child public var base: Base
    @Child public var head: LanguageHead
    public override var backbone: (any Backbone)? { base }
    public override var memberOrder: [String] { Base.partOrder }

    /// A new model with Python's initial values, drawn from the CPU's generator.
    ///
    /// - Parameter config: Sizes and settings.
    /// - Throws: ``PretrainedModelError`` where the configuration cannot be used.
    public convenience init(_ config: ModelConfiguration) throws { try self.init(config, initialize: true) }

    init(_ config: ModelConfiguration, initialize: Bool) throws {
        guard let design = try Base.languageHead(config) else { throw Base.missingHead(.maskedLM, config) }
        let (base, head) = try Base.assembled(config, addPoolingLayer: false, initialize: initialize) { width in
            LanguageHead(design, hiddenSize: width, initialize: initialize)
        }
        head.share(base.inputEmbedding)
        _base = Child(Base.prefix(.maskedLM), base)
        _head = Child("", head)
        super.init(config: config)
        if initialize { head.drawInitialWeights { initializeMissing($0) } }
    }

    public override func currentKey(_ key: String) -> String? { head.design.currentKey(key, super.currentKey(key)) }

    // The word table gets gradients from the head too, of all rows.
    public override var tablesWithRowGradients: [Tensor] { head.design.isTied ? [] : super.tablesWithRowGradients }

    public override func states(_ inputs: Batch) throws -> TokenStates {
        var inputs = inputs
        if head.design.isTied { inputs.step?.allowsSparseGradients = false }
        return try base.tokenStates(inputs, allowsPacking: true)
    }

    public override func scores(_ states: Tensor) -> Tensor { head(states) }
}

extension LanguageHeadDesign {
    /// The key under which the head keeps a weight of a file: a file may repeat what is shared.
    func currentKey(_ key: String, _ modern: String?) -> String? {
        guard let modern else { return nil }
        guard isTied else { return modern }
        if modern == decoder + ".weight" { return nil }
        if let bias, modern == decoder + ".bias" { return bias + ".bias" }
        return modern
    }
}
