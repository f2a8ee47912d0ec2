public import Training

/// GPT-2 (Radford et al. 2019) with Python's weight names and numbers.
public final class GPT2Model: PretrainedModel {
    /// Word embeddings.
    @Child public var wte: Embedding
    /// Position embeddings.
    @Child public var wpe: Embedding
    @Child public var h: [GPT2Block]
    @Child public var finalNorm: LayerNorm
    public let configuration: GPT2Configuration
    private let dropout: Dropout
    /// Which layers are computed again in the backward pass while training; nil: none.
    public var activationCheckpointing: ActivationCheckpointingOptions?
    public var checkpointedLayers: [Module] { h }

    public override var architectureName: String { "GPT2Model" }

    /// Masks that older files hold are passed over.
    public override func currentKey(_ key: String) -> String? {
        key.hasSuffix(".attn.bias") || key.hasSuffix(".attn.masked_bias") ? nil : key
    }

    /// A new model with Python's initial values, drawn from the CPU's generator.
    ///
    /// - Parameter config: Sizes and settings.
    /// - Throws: ``PretrainedModelError`` where the configuration cannot be used.
    public convenience init(_ config: ModelConfiguration) throws {
        try self.init(config, addPoolingLayer: false, initialize: true)
        drawInitialWeights()
    }

    public init(_ config: ModelConfiguration, addPoolingLayer: Bool, initialize: Bool) throws {
        let configuration = try GPT2Configuration(config)
        self.configuration = configuration
        let width = configuration.hiddenSize
        wte = Embedding(configuration.vocabSize, width, initialize: initialize)
        wpe = Embedding(configuration.maxPositionEmbeddings, width, initialize: initialize)
        dropout = Dropout(configuration.embeddingDropout)
        h = (0..<configuration.numHiddenLayers).map { GPT2Block(configuration, $0, initialize: initialize) }
        _finalNorm = Child("ln_f", LayerNorm([width], eps: configuration.layerNormEps))
        super.init(config: config)
    }

    /// As ``PretrainedModel``; the projections that end a layer's parts are drawn again, narrower with the number of
    /// layers.
    public override func initializeMissing(_ module: Module, isMissing: (String) -> Bool = { _ in true }) {
        super.initializeMissing(module, isMissing: isMissing)
        let range = configuration.initializerRange
        func narrow(_ projection: Conv1D) {
            guard isMissing("c_proj.weight") else { return }
            Init.normal_(projection.weight, std: range / (2 * Double(configuration.numHiddenLayers)).squareRoot())
        }
        switch module {
        case let layer as Conv1D:
            if isMissing("weight") { Init.normal_(layer.weight, std: range) }
            if isMissing("bias") { Init.zeros_(layer.bias) }
        case let attention as GPT2Attention: narrow(attention.cProj)
        case let mlp as GPT2MLP: narrow(mlp.cProj)
        default: break
        }
    }
}

extension GPT2Model: DecoderBackbone {
    public static var modelType: String { "gpt2" }
    public static var className: String { "GPT2" }
    public static var causalLanguageModelName: String { "GPT2LMHeadModel" }
    public static func prefix(_ task: HeadTask) -> String { "transformer" }

    public static func head(_ task: HeadTask, _ config: ModelConfiguration) throws -> HeadDesign? {
        switch task {
        case .sequenceClassification:
            var design = HeadDesign(.lastToken, output: "score")
            design.outputBias = false
            return design
        case .tokenClassification: return HeadDesign(dropout: try config.decoderClassifierDropout())
        case .questionAnswering: return HeadDesign(output: "qa_outputs")
        case .multipleChoice, .maskedLM, .causalLM: return nil
        }
    }

    public static func languageHead(_ config: ModelConfiguration) throws -> LanguageHeadDesign? {
        let sizes = try GPT2Configuration(config)
        return LanguageHeadDesign(
            decoder: "lm_head", width: sizes.hiddenSize, vocabSize: sizes.vocabSize, isTied: sizes.tieWordEmbeddings)
    }

    public var hiddenSize: Int { configuration.hiddenSize }
    public var maxInputLength: Int? { configuration.maxPositionEmbeddings }
    public static func maxInputLength(_ config: ModelConfiguration) throws -> Int? {
        try GPT2Configuration(config).maxPositionEmbeddings
    }
    public var learnedPositions: Int? { configuration.maxPositionEmbeddings }
    public var inputEmbedding: Embedding { wte }
    // Segments are words to GPT-2: those that tokenizers of other models number must not reach it by themselves.
    public var inputNames: [String]? { ["input_ids", "attention_mask", "position_ids"] }

    public func hiddenStates(_ inputs: DecoderInputs, cache: KeyValueCache?) throws -> Tensor {
        let words = wte(inputs.inputIds)
        let pass = try DecoderPass(
            inputs, cache: cache, windows: [nil], implementation: configuration.attentionImplementation,
            dtype: words.dtype)
        guard pass.positionsEnd <= configuration.maxPositionEmbeddings else {
            throw PretrainedModelError.argument(
                "a row of \(pass.positionsEnd) tokens is longer than the model's "
                    + "\(configuration.maxPositionEmbeddings) positions (n_positions); shorten it")
        }
        var hidden = words + wpe(pass.positionIds)
        if let types = inputs.tokenTypeIds { hidden = hidden + wte(types) }
        hidden = dropout(hidden)
        for (index, block) in h.enumerated() { hidden = runLayer(index, hidden) { block($0, pass) } }
        return finalNorm(hidden)
    }
}

/// GPT-2 with its head that predicts the next token: Python's `GPT2LMHeadModel`.
public typealias GPT2LMHeadModel = ForCausalLM<GPT2Model>
/// GPT-2 with a classifier over the last token.
public typealias GPT2ForSequenceClassification = ForSequenceClassification<GPT2Model>
/// GPT-2 with a classifier over each token.
public typealias GPT2ForTokenClassification = ForTokenClassification<GPT2Model>
/// GPT-2 with scores of begin and end of an answer.
public typealias GPT2ForQuestionAnswering = ForQuestionAnswering<GPT2Model>
