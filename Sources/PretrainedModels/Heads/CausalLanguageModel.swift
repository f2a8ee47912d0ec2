public import Foundation
public import Training

/// Base class of models that predict the next token, and so write texts: see ``generate(inputIds:attentionMask:config:seed:onStep:)``.
open class CausalLanguageModel: HeadedModel {
    open override var task: HeadTask { .causalLM }
    open override var predictsNextToken: Bool { true }
    /// How texts are generated where a call says nothing else; read from and saved to `generation_config.json`.
    public var generationConfig: GenerationConfig

    public override init(config: ModelConfiguration) {
        generationConfig = GenerationConfig(modelConfiguration: config)
        super.init(config: config)
    }

    /// The first token of a row is predicted by nothing.
    open override func labelCount(_ inputs: Batch) -> Int {
        guard let labels = inputs[.labels] else { return inputs.count }
        return labels.dim < 2 ? 0 : nextLabels(labels).ne(-100).sum().item(as: Int.self)
    }

    // Python tells by the name of the class whether labels are shifted: for GPT2LMHeadModel it counts the first ones too.
    open override func pythonLabelCount(_ inputs: Batch) -> Int {
        architectureName.hasSuffix("ForCausalLM") ? labelCount(inputs) : super.labelCount(inputs)
    }

    /// The hidden states of the new tokens, `[N, L, hidden]`.
    ///
    /// - Parameters:
    ///   - inputs: The new tokens.
    ///   - cache: What was seen before; takes up the new tokens. nil: nothing.
    open func hiddenStates(_ inputs: DecoderInputs, cache: KeyValueCache?) throws -> Tensor {
        preconditionFailure("a CausalLanguageModel subclass must override hiddenStates(_:cache:)")
    }

    /// Scores of the vocabulary for hidden states, `[…, hidden]` → `[…, vocabulary]`.
    open func scores(_ states: Tensor) -> Tensor {
        preconditionFailure("a CausalLanguageModel subclass must override scores(_:)")
    }

    /// The number of learned positions, beyond which no text can go; nil: no such limit.
    open var learnedPositions: Int? { nil }

    /// Logits `[N, L, vocabulary]`, and where the batch has `labels` (`int64 [N, L]`, -100 ignored) the cross entropy of each
    /// token's scores with the label after it. While training on the fast path only tokens with a label after them are
    /// scored, and there are no logits.
    open override func output(_ inputs: Batch) throws -> ModelOutput {
        let hidden = try hiddenStates(DecoderInputs(inputs), cache: nil)
        guard let labels = inputs[.labels] else { return ModelOutput(logits: scores(hidden)) }
        guard labels.shape == Array(hidden.shape.dropLast()) else {
            throw PretrainedModelError.argument(
                "labels must be \(Array(hidden.shape.dropLast())) like input_ids; they are \(labels.shape)")
        }
        let (predicting, next) = (hidden.slice(dim: 1, end: hidden.size(1) - 1), nextLabels(labels).reshape(-1))
        if training, inputs.step?.isFast == true {
            let places = next.ne(-100).nonzero().view(-1)
            let states = predicting.reshape(-1, hidden.size(-1)).indexSelect(dim: 0, index: places)
            return ModelOutput(
                loss: crossEntropy(scores(states).to(.float32), next.indexSelect(dim: 0, index: places)))
        }
        let logits = scores(hidden)
        let flat = logits.to(.float32).slice(dim: 1, end: hidden.size(1) - 1).reshape(-1, logits.size(-1))
        return ModelOutput(loss: crossEntropy(flat, next), logits: logits)
    }

    private func nextLabels(_ labels: Tensor) -> Tensor { labels.slice(dim: -1, start: 1) }

    open override var companionFiles: [(name: String, contents: Data)] {
        super.companionFiles + [(GenerationConfig.fileName, generationConfig.fileContents)]
    }

    open override func readCompanions(_ folder: URL) throws {
        try super.readCompanions(folder)
        if let found = try GenerationConfig(folder: folder) { generationConfig = found }
    }
}

/// A decoder with its head that predicts the next token: `LlamaForCausalLM` and the like.
public final class ForCausalLM<Base: DecoderBackbone>: CausalLanguageModel, BackboneHolder {
    @Child public var base: Base
    @Child public var head: LanguageHead
    public override var backbone: (any Backbone)? { base }
    public override var architectureName: String { Base.causalLanguageModelName }
    public override var learnedPositions: Int? { base.learnedPositions }

    /// A new model with Python's initial values, drawn from the CPU's generator.
    ///
    /// - Parameter config: Sizes and settings.
    /// - Throws: ``PretrainedModelError`` where the configuration cannot be used.
    public convenience init(_ config: ModelConfiguration) throws { try self.init(config, initialize: true) }

    init(_ config: ModelConfiguration, initialize: Bool) throws {
        guard let design = try Base.languageHead(config) else { throw Base.missingHead(.causalLM, config) }
        let base = try Base.forHead(config, addPoolingLayer: false, initialize: initialize)
        let head = LanguageHead(
            design, hiddenSize: base.hiddenSize, words: base.inputEmbedding, initialize: initialize)
        _base = Child(Base.prefix(.causalLM), base)
        _head = Child("", head)
        super.init(config: config)
        if initialize { head.drawInitialWeights { initializeMissing($0) } }
    }

    public override func currentKey(_ key: String) -> String? { head.design.currentKey(key, super.currentKey(key)) }

    public override func hiddenStates(_ inputs: DecoderInputs, cache: KeyValueCache?) throws -> Tensor {
        try base.hiddenStates(inputs, cache: cache)
    }

    public override func scores(_ states: Tensor) -> Tensor { head(states) }
}
