public import Training

/// First half of the feed-forward part.
public final class BertIntermediate: Module {
    @Child public var dense: Linear
    let activation: Activation

    init(_ config: BertConfiguration, initialize: Bool) {
        dense = Linear(config.hiddenSize, config.intermediateSize, initialize: initialize)
        activation = config.hiddenAct
    }

    func callAsFunction(_ hidden: Tensor) -> Tensor { activation(dense(hidden)) }
}

/// One layer: attention, then the feed-forward part.
public final class BertLayer: Module {
    @Child public var attention: BertAttention
    @Child public var intermediate: BertIntermediate
    @Child public var output: BertOutput

    init(_ config: BertConfiguration, initialize: Bool) {
        attention = BertAttention(config, initialize: initialize)
        intermediate = BertIntermediate(config, initialize: initialize)
        output = BertOutput(inputSize: config.intermediateSize, config, initialize: initialize)
    }

    func callAsFunction(_ hidden: Tensor, mask: Tensor?) -> Tensor {
        let attended = attention(hidden, mask: mask)
        return output(intermediate(attended), residual: attended)
    }
}

/// The stack of layers.
public final class BertEncoder: Module {
    public let layer: [BertLayer]
    /// Which layers are computed again in the backward pass while training; nil: none.
    public var activationCheckpointing: ActivationCheckpointingOptions?

    init(_ config: BertConfiguration, initialize: Bool) {
        layer = (0..<config.numHiddenLayers).map { _ in BertLayer(config, initialize: initialize) }
    }

    /// Runs layer number `index` by `body`, and again in the backward pass where it is to be.
    func run(_ index: Int, _ hidden: Tensor, _ body: @escaping (Tensor) -> Tensor) -> Tensor {
        guard training, let options = activationCheckpointing, index % options.everyNLayers == 0 else {
            return body(hidden)
        }
        return checkpoint(hidden, preservesRandomState: options.preserveRngState, body)
    }
}

/// `tanh` of a projection of the first token.
public final class BertPooler: Module {
    @Child public var dense: Linear

    init(_ config: BertConfiguration, initialize: Bool) {
        dense = Linear(config.hiddenSize, config.hiddenSize, initialize: initialize)
    }

    func callAsFunction(_ hidden: Tensor) -> Tensor { dense(hidden.select(dim: 1, index: 0)).tanh() }
}

/// What ``BertModel`` gives.
public struct BertModelOutput {
    /// `[N, L, hidden]`
    public let lastHiddenState: Tensor
    /// `[N, hidden]`; nil for a model without pooler.
    public let poolerOutput: Tensor?
    /// Embeddings and every layer's output, `[N, L, hidden]` each.
    public let hiddenStates: [Tensor]
}

/// BERT's encoder (Devlin et al. 2019) with Python's weight names and numbers.
public final class BertModel: PretrainedModel {
    @Child public var embeddings: BertEmbeddings
    @Child public var encoder: BertEncoder
    @Child public var pooler: BertPooler?
    public let configuration: BertConfiguration

    public override func currentKey(_ key: String) -> String? { BertKeys.modern(key) }
    // Checkpoints of masked language models have no pooler.
    public override var optionalKeyPrefixes: [String] { ["pooler."] }

    /// A new model with Python's initial values, drawn from the CPU's generator.
    ///
    /// - Throws: ``PretrainedModelError`` where the configuration cannot be used.
    public convenience init(_ config: ModelConfiguration, addPoolingLayer: Bool = true) throws {
        try self.init(config, addPoolingLayer: addPoolingLayer, initialize: true)
        drawInitialWeights()
    }

    /// - Parameter initialize: Whether torch's constructors draw; false for weights that are loaded.
    init(_ config: ModelConfiguration, addPoolingLayer: Bool, initialize: Bool) throws {
        let configuration = try BertConfiguration(config)
        self.configuration = configuration
        embeddings = BertEmbeddings(configuration, initialize: initialize)
        encoder = BertEncoder(configuration, initialize: initialize)
        pooler = addPoolingLayer ? BertPooler(configuration, initialize: initialize) : nil
        super.init(config: config)
    }

    /// Python's `post_init`: children before parents, in order of registration.
    func drawInitialWeights() { apply { initializeMissing($0) } }

    /// - Parameters:
    ///   - inputIds: `[N, L]`, int64.
    ///   - attentionMask: `[N, L]`, 1 for tokens and 0 for padding; nil: all are tokens.
    ///   - tokenTypeIds: `[N, L]`, int64; nil: zeros.
    public func callAsFunction(
        inputIds: Tensor, attentionMask: Tensor? = nil, tokenTypeIds: Tensor? = nil
    ) -> BertModelOutput {
        let mask = AttentionMask.expanded(
            attentionMask, implementation: configuration.attentionImplementation,
            dtype: embeddings.wordEmbeddings.weight.dtype)
        var states = [embeddings(inputIds, tokenTypeIds: tokenTypeIds)]
        var hidden = states[0]
        for (index, layer) in encoder.layer.enumerated() {
            hidden = encoder.run(index, hidden) { layer($0, mask: mask) }
            states.append(hidden)
        }
        return BertModelOutput(lastHiddenState: hidden, poolerOutput: pooler.map { $0(hidden) }, hiddenStates: states)
    }

    /// `[N, hidden]` for a batch, by the fast path where the batch's step asks for it and it applies.
    func pooledOutput(_ inputs: Batch) throws -> Tensor {
        if let step = inputs.step, step.isFast, let pooled = fastPooledOutput(inputs, step: step) { return pooled }
        let output = self(
            inputIds: try inputs.require(.inputIds), attentionMask: inputs[.attentionMask],
            tokenTypeIds: inputs[.tokenTypeIds])
        return output.poolerOutput ?? output.lastHiddenState.select(dim: 1, index: 0)
    }
}

extension BertModel: InputEmbeddingModel, ActivationCheckpointingModel {
    public var inputEmbedding: Embedding { embeddings.wordEmbeddings }

    public var activationCheckpointing: ActivationCheckpointingOptions? {
        get { encoder.activationCheckpointing }
        set { encoder.activationCheckpointing = newValue }
    }
}

extension BertModel: TrainableModel {
    public var inputNames: [String]? { ["input_ids", "attention_mask", "token_type_ids"] }

    /// Gives the hidden states and no loss.
    public func forward(_ inputs: Batch) throws -> ModelOutput {
        let output = self(
            inputIds: try inputs.require(.inputIds), attentionMask: inputs[.attentionMask],
            tokenTypeIds: inputs[.tokenTypeIds])
        var others = [(name: "last_hidden_state", tensor: output.lastHiddenState)]
        if let pooled = output.poolerOutput { others.append(("pooler_output", pooled)) }
        return ModelOutput(others: others)
    }
}
