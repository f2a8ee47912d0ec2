public import Training

/// What ``EncoderModel`` gives.
public struct EncoderModelOutput {
    /// `[N, L, hidden]`
    public let lastHiddenState: Tensor
    /// `[N, hidden]`; nil for a model without pooler.
    public let poolerOutput: Tensor?
    /// The layers' input and every layer's output, `[N, L, hidden]` each.
    public let hiddenStates: [Tensor]
}

/// An encoder of BERT's kind (Devlin et al. 2019) with Python's weight names and numbers: embeddings, layers, and a pooler
/// over the first token where the family has one.
public final class EncoderModel<Family: EncoderFamily>: PretrainedModel {
    @Child public var embeddings: EncoderEmbeddings
    /// From the embeddings' width to the layers'; nil where the family needs none.
    @Child public var embeddingProjection: Linear?
    @Child var holders: [Module]
    /// What all layers' attention knows of the distances between tokens; nil: nothing.
    @Child var distances: DistanceModule?
    /// Beside the first layer; nil where there is none.
    @Child var convolution: LayerConvolution?
    /// `tanh` of this follows the first token's hidden state.
    @Child public var pooler: Linear?
    public let configuration: EncoderConfiguration
    private let schedule: LayerSchedule
    /// Which layers are computed again in the backward pass while training; nil: none.
    public var activationCheckpointing: ActivationCheckpointingOptions?
    public var checkpointedLayers: [Module] { layers }

    /// The layers in the order in which they run.
    public var layers: [EncoderLayer] { schedule.layers }

    public override var architectureName: String { Family.className + "Model" }
    public override func currentKey(_ key: String) -> String? { Family.currentKey(key) }
    // Checkpoints of masked language models have no pooler.
    public override var optionalKeyPrefixes: [String] { ["pooler."] }

    /// A new model with Python's initial values, drawn from the CPU's generator.
    ///
    /// - Parameters:
    ///   - config: Sizes and settings.
    ///   - addPoolingLayer: Whether the pooler is made.
    /// - Throws: ``PretrainedModelError`` where the configuration cannot be used.
    public convenience init(_ config: ModelConfiguration, addPoolingLayer: Bool = true) throws {
        try self.init(config, addPoolingLayer: addPoolingLayer, initialize: true)
        drawInitialWeights()
    }

    public init(_ config: ModelConfiguration, addPoolingLayer: Bool, initialize: Bool) throws {
        let configuration = try Family.configuration(config)
        let layout = Family.layout
        self.configuration = configuration
        let width = configuration.hiddenSize
        embeddings = EncoderEmbeddings(configuration, layout, initialize: initialize)
        let projects = layout.projection.map { $0.always || configuration.embeddingSize != width } ?? false
        _embeddingProjection = Child(
            layout.projection?.key ?? "",
            projects ? Linear(configuration.embeddingSize, width, initialize: initialize) : nil)
        let schedule = LayerSchedule(configuration, layout) {
            EncoderLayer(configuration, layout, initialize: initialize)
        }
        self.schedule = schedule
        _holders = Child(layout.layers, schedule.holders)
        _distances = Child(
            "encoder", configuration.distances?.module(configuration, initialize: initialize))
        _convolution = Child(
            "encoder.conv",
            configuration.convolution.map { LayerConvolution(configuration, $0, initialize: initialize) })
        _pooler = Child(
            layout.pooler,
            addPoolingLayer && Family.hasPooler ? Linear(width, width, initialize: initialize) : nil)
        super.init(config: config)
    }

    /// - Parameters:
    ///   - inputIds: `[N, L]`, int64.
    ///   - attentionMask: `[N, L]`, 1 for tokens and 0 for padding; nil: all are tokens.
    ///   - tokenTypeIds: `[N, L]`, int64; nil: zeros.
    public func callAsFunction(
        inputIds: Tensor, attentionMask: Tensor? = nil, tokenTypeIds: Tensor? = nil
    ) -> EncoderModelOutput {
        let length = inputIds.size(1)
        let mask = AttentionMask.expanded(
            attentionMask, implementation: configuration.attentionImplementation,
            dtype: embeddings.wordEmbeddings.weight.dtype)
        let embedded = embeddings(inputIds, tokenTypeIds: tokenTypeIds, attentionMask: attentionMask)
        var hidden = embeddingProjection.map { $0(embedded) } ?? embedded
        func context() -> AttentionContext {
            distances.map { $0.context(mask, attentionMask, length: length) } ?? AttentionContext(mask: mask)
        }
        let shared = context()
        var states = [hidden]
        for index in layers.indices {
            // What is computed again in the backward pass must not hang on a graph that others use up.
            let ownContext = distances != nil && isCheckpointed(index)
            hidden = run(index, hidden) { layer, input in
                layer(input) { attention, input in attention(input, ownContext ? context() : shared) }
            }
            if index == 0, let convolution {
                hidden = convolution(states[0], residual: hidden, attentionMask: attentionMask)
            }
            states.append(hidden)
        }
        return EncoderModelOutput(
            lastHiddenState: hidden, poolerOutput: pooler.map { $0(hidden.select(dim: 1, index: 0)).tanh() },
            hiddenStates: states)
    }

    /// Runs layer number `index` by `body`, and again in the backward pass where it is to be.
    func run(_ index: Int, _ hidden: Tensor, _ body: @escaping (EncoderLayer, Tensor) -> Tensor) -> Tensor {
        let layer = layers[index]
        return runLayer(index, hidden) { body(layer, $0) }
    }

    private func output(_ inputs: Batch) throws -> EncoderModelOutput {
        self(
            inputIds: try inputs.require(.inputIds), attentionMask: inputs[.attentionMask],
            tokenTypeIds: inputs[.tokenTypeIds])
    }
}

extension EncoderModel: Backbone {
    public static var modelType: String { Family.modelType }
    public static var className: String { Family.className }
    public static func prefix(_ task: HeadTask) -> String { Family.baseModelPrefix }

    public static func maxInputLength(_ config: ModelConfiguration) throws -> Int? {
        try Family.configuration(config).maxInputLength
    }

    public static func head(_ task: HeadTask, _ config: ModelConfiguration) throws -> HeadDesign? {
        try Family.head(task, config, Family.configuration(config))
    }

    public static func languageHead(_ config: ModelConfiguration) throws -> LanguageHeadDesign? {
        try Family.languageHead(config, Family.configuration(config))
    }

    public static var headComesFirst: Bool { Family.headComesFirst }
    public static func hiddenSize(_ config: ModelConfiguration) throws -> Int {
        try Family.configuration(config).hiddenSize
    }

    public var hiddenSize: Int { configuration.hiddenSize }
    // Distances have no end: what knows them alone takes rows of any length, as in Python.
    public var maxInputLength: Int? { configuration.hasPositionEmbeddings ? configuration.maxInputLength : nil }
    public var dropoutSites: Int { 3 * layers.count + 1 }
    public var inputEmbedding: Embedding { embeddings.wordEmbeddings }
    public var tablesWithRowGradients: [Tensor] { isPackable ? [embeddings.wordEmbeddings.weight] : [] }

    public var inputNames: [String]? {
        configuration.typeVocabSize > 0
            ? ["input_ids", "attention_mask", "token_type_ids"] : ["input_ids", "attention_mask"]
    }

    public func tokenStates(_ inputs: Batch, allowsPacking: Bool) throws -> TokenStates {
        if allowsPacking, let states = packedStates(inputs) { return states }
        return TokenStates(padded: try output(inputs).lastHiddenState)
    }

    public func pooledStates(_ inputs: Batch, _ pooling: Pooling) throws -> Tensor {
        guard pooling == .pooler, let pooler else { return try firstTokens(inputs, pooling) }
        if let first = packedFirstTokens(inputs) { return pooler(first).tanh() }
        let output = try output(inputs)
        // Not computed twice: an adapter's dropout would draw again.
        return output.poolerOutput ?? pooler(output.lastHiddenState.select(dim: 1, index: 0)).tanh()
    }

    /// The rows' first hidden states, or what else `pooling` asks for.
    private func firstTokens(_ inputs: Batch, _ pooling: Pooling) throws -> Tensor {
        switch pooling {
        case .pooler, .firstToken:
            return try packedFirstTokens(inputs) ?? output(inputs).lastHiddenState.select(dim: 1, index: 0)
        case .mean:
            return Pooling.mean(try output(inputs).lastHiddenState, inputs[.attentionMask])
        case .lastToken:
            throw PretrainedModelError.argument(
                "\(Family.className) reads both ways: its last token stands for nothing")
        }
    }

    /// Gives the hidden states and no loss.
    public func forward(_ inputs: Batch) throws -> ModelOutput {
        let output = try output(inputs)
        var others = [(name: "last_hidden_state", tensor: output.lastHiddenState)]
        if let pooled = output.poolerOutput { others.append(("pooler_output", pooled)) }
        return ModelOutput(others: others)
    }
}
