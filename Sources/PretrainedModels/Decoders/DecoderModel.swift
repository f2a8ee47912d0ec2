import OrderedJSON
public import Training

/// A decoder of Llama's kind (Touvron et al. 2023) with Python's weight names and numbers.
public final class DecoderModel<Family: DecoderFamily>: PretrainedModel {
    @Child public var embedTokens: Embedding
    @Child public var layers: [DecoderLayer]
    @Child public var norm: RMSNorm
    public let configuration: DecoderConfiguration
    private let rotary: RotaryEmbedding
    /// Which layers are computed again in the backward pass while training; nil: none.
    public var activationCheckpointing: ActivationCheckpointingOptions?
    public var checkpointedLayers: [Module] { layers }

    public override var architectureName: String { Family.className + "Model" }

    /// A new model with Python's initial values, drawn from the CPU's generator.
    ///
    /// - Parameter config: Sizes and settings.
    /// - Throws: ``PretrainedModelError`` where the configuration cannot be used.
    public convenience init(_ config: ModelConfiguration) throws {
        try self.init(config, addPoolingLayer: false, initialize: true)
        drawInitialWeights()
    }

    public init(_ config: ModelConfiguration, addPoolingLayer: Bool, initialize: Bool) throws {
        let configuration = try DecoderConfiguration(config, Family.fields)
        self.configuration = configuration
        rotary = RotaryEmbedding(configuration.rotary)
        embedTokens = Embedding(
            configuration.vocabSize, configuration.hiddenSize, paddingIdx: configuration.paddingRow,
            initialize: initialize)
        layers = (0..<configuration.numHiddenLayers).map {
            DecoderLayer(configuration, $0, initialize: initialize)
        }
        norm = RMSNorm(configuration.hiddenSize, eps: configuration.rmsNormEps)
        super.init(config: config)
    }
}

extension DecoderModel: DecoderBackbone {
    public static var modelType: String { Family.modelType }
    public static var className: String { Family.className }
    public static func prefix(_ task: HeadTask) -> String { task == .questionAnswering ? "transformer" : "model" }

    public static func head(_ task: HeadTask, _ config: ModelConfiguration) throws -> HeadDesign? {
        switch task {
        case .sequenceClassification:
            var design = HeadDesign(.lastToken, output: "score")
            design.outputBias = false
            return design
        case .tokenClassification:
            var design = HeadDesign(dropout: try config.decoderClassifierDropout(), output: "score")
            design.outputBias = config["token_classification_bias"]?.boolValue ?? true
            return design
        case .questionAnswering: return HeadDesign(output: "qa_outputs")
        case .multipleChoice, .maskedLM, .causalLM: return nil
        }
    }

    public static func maxInputLength(_ config: ModelConfiguration) throws -> Int? {
        try DecoderConfiguration(config, Family.fields).maxInputLength
    }

    public static func languageHead(_ config: ModelConfiguration) throws -> LanguageHeadDesign? {
        let sizes = try DecoderConfiguration(config, Family.fields)
        return LanguageHeadDesign(
            decoder: "lm_head", width: sizes.hiddenSize, vocabSize: sizes.vocabSize, isTied: sizes.tieWordEmbeddings)
    }

    public var hiddenSize: Int { configuration.hiddenSize }
    public var maxInputLength: Int? { configuration.maxInputLength }
    public var inputEmbedding: Embedding { embedTokens }
    public var inputNames: [String]? { ["input_ids", "attention_mask", "position_ids"] }

    public func hiddenStates(_ inputs: DecoderInputs, cache: KeyValueCache?) throws -> Tensor {
        var hidden = embedTokens(inputs.inputIds)
        let pass = try DecoderPass(
            inputs, cache: cache, windows: configuration.windows,
            implementation: configuration.attentionImplementation, dtype: hidden.dtype)
        let rotation = rotary(pass.positionIds, end: pass.positionsEnd, dtype: hidden.dtype)
        for (index, layer) in layers.enumerated() {
            hidden = runLayer(index, hidden) { layer($0, rotation, pass) }
        }
        return norm(hidden)
    }
}

extension ModelConfiguration {
    /// Dropout before the scores of tokens: `classifier_dropout`, else `hidden_dropout`, else 0.1.
    func decoderClassifierDropout() throws -> Double {
        try optionalProbability("classifier_dropout") ?? optionalProbability("hidden_dropout") ?? 0.1
    }
}
