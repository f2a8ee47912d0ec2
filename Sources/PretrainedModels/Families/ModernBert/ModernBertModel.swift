public import Training

/// ModernBERT (Warner et al. 2024): an encoder with rotary positions, most of whose layers look at near tokens only.
public final class ModernBertModel: PretrainedModel {
    @Child public var embeddings: ModernBertEmbeddings
    @Child public var layers: [ModernBertLayer]
    @Child public var finalNorm: LayerNorm
    public let configuration: ModernBertConfiguration
    /// Which layers are computed again in the backward pass while training; nil: none.
    public var activationCheckpointing: ActivationCheckpointingOptions?
    public var checkpointedLayers: [Module] { layers }

    public override var architectureName: String { "ModernBertModel" }

    /// A new model with Python's initial values, drawn from the CPU's generator.
    ///
    /// - Parameter config: Sizes and settings.
    /// - Throws: ``PretrainedModelError`` where the configuration cannot be used.
    public convenience init(_ config: ModelConfiguration) throws {
        try self.init(config, addPoolingLayer: false, initialize: true)
        drawInitialWeights()
    }

    public init(_ config: ModelConfiguration, addPoolingLayer: Bool, initialize: Bool) throws {
        let configuration = try ModernBertConfiguration(config)
        self.configuration = configuration
        embeddings = ModernBertEmbeddings(configuration, initialize: initialize)
        layers = configuration.layers.indices.map {
            ModernBertLayer(configuration, index: $0, initialize: initialize)
        }
        finalNorm = configuration.norm()
        super.init(config: config)
    }

    /// `[N, L]` token ids → `[N, L, hidden]`
    ///
    /// - Parameters:
    ///   - inputIds: `[N, L]`, int64.
    ///   - attentionMask: `[N, L]`, 1 for tokens and 0 for padding; nil: all are tokens.
    public func callAsFunction(inputIds: Tensor, attentionMask: Tensor? = nil) -> Tensor {
        var hidden = embeddings(inputIds)
        let length = inputIds.size(1)
        let kinds = Set(configuration.layers)
        var masks: [ModernBertConfiguration.LayerKind: Tensor] = [:]
        var positions: [ModernBertConfiguration.LayerKind: RotaryAngles] = [:]
        for kind in kinds {
            masks[kind] = mask(kind, attentionMask, length: length, dtype: hidden.dtype, device: hidden.device)
            positions[kind] = RotaryAngles(
                length: length, size: configuration.headSize, theta: configuration.ropeTheta[kind] ?? 10_000,
                device: hidden.device)
        }
        for (index, layer) in layers.enumerated() {
            guard let angles = positions[layer.kind] else { continue }
            let mask = masks[layer.kind]
            hidden = runLayer(index, hidden) { layer($0, mask: mask, positions: angles) }
        }
        return finalNorm(hidden)
    }

    private func mask(
        _ kind: ModernBertConfiguration.LayerKind, _ attentionMask: Tensor?, length: Int, dtype: DType, device: Device
    ) -> Tensor? {
        let implementation = configuration.attentionImplementation
        guard kind == .sliding, length - 1 > configuration.window else {
            return AttentionMask.expanded(attentionMask, implementation: implementation, dtype: dtype)
        }
        let isNear = DistanceModule.distances(length, device).abs().le(configuration.window)
            .unsqueeze(0).unsqueeze(0)
        let keep = attentionMask.map { $0.to(.bool).unsqueeze(1).unsqueeze(1).logicalAnd(isNear) } ?? isNear
        return implementation == .eager ? AttentionMask.numbers(keep, dtype) : keep
    }

    public override func initializeMissing(_ module: Module, isMissing: (String) -> Bool = { _ in true }) {
        switch module {
        case is Linear, is Embedding: break  // Drawn with what they are part of.
        case is LayerNorm: super.initializeMissing(module, isMissing: isMissing)
        default: ModernBertInitialization(configuration).draw(module, isMissing)
        }
    }
}

/// The word embeddings, normalised.
public final class ModernBertEmbeddings: Module {
    @Child public var tokEmbeddings: Embedding
    @Child public var norm: LayerNorm
    private let dropout: Dropout

    init(_ config: ModernBertConfiguration, initialize: Bool) {
        tokEmbeddings = Embedding(
            config.vocabSize, config.hiddenSize, paddingIdx: config.padTokenId, initialize: initialize)
        norm = config.norm()
        dropout = Dropout(config.embeddingDropout)
    }

    func callAsFunction(_ ids: Tensor) -> Tensor { dropout(norm(tokEmbeddings(ids))) }
}

extension ModernBertModel: Backbone {
    public static var modelType: String { "modernbert" }
    public static var className: String { "ModernBert" }
    public static func prefix(_ task: HeadTask) -> String { "model" }

    public var hiddenSize: Int { configuration.hiddenSize }
    // Rotations have no end; as in Python max_position_embeddings is no limit.
    public var maxInputLength: Int? { nil }
    public var dropoutSites: Int { 1 }
    public var inputEmbedding: Embedding { embeddings.tokEmbeddings }
    public var inputNames: [String]? { ["input_ids", "attention_mask"] }

    public static func head(_ task: HeadTask, _ config: ModelConfiguration) throws -> HeadDesign? {
        let sizes = try ModernBertConfiguration(config)
        guard task != .maskedLM, task != .causalLM else { return nil }
        // Of several texts each is judged by its first token that is no padding, of single ones by the first.
        let first: Pooling = task == .multipleChoice ? .pooler : .firstToken
        var design = HeadDesign(sizes.poolsMean ? .mean : first, dropout: sizes.classifierDropout)
        var dense = HeadDesign.Dense("head.dense", sizes.classifierActivation)
        dense.bias = sizes.classifierBias
        dense.norm = "head.norm"
        dense.normEps = sizes.normEps
        dense.normBias = sizes.normBias
        design.dense = dense
        return design
    }

    public static func languageHead(_ config: ModelConfiguration) throws -> LanguageHeadDesign? {
        let sizes = try ModernBertConfiguration(config)
        var design = LanguageHeadDesign(
            decoder: "decoder", width: sizes.hiddenSize, vocabSize: sizes.vocabSize,
            isTied: sizes.tieWordEmbeddings)
        design.dense = "head.dense"
        design.denseBias = sizes.classifierBias
        design.activation = sizes.classifierActivation
        design.norm = "head.norm"
        design.normEps = sizes.normEps
        design.normBias = sizes.normBias
        design.bias = sizes.decoderBias ? "decoder" : nil
        design.order = ["head.dense", "head.norm"]
        return design
    }

    public func tokenStates(_ inputs: Batch, allowsPacking: Bool) throws -> TokenStates {
        TokenStates(padded: self(inputIds: try inputs.require(.inputIds), attentionMask: inputs[.attentionMask]))
    }

    public func pooledStates(_ inputs: Batch, _ pooling: Pooling) throws -> Tensor {
        let hidden = try tokenStates(inputs, allowsPacking: false).hidden
        let mask = inputs[.attentionMask]
        switch pooling {
        case .firstToken: return hidden.select(dim: 1, index: 0)
        case .mean: return Pooling.mean(hidden, mask)
        case .pooler:
            guard let mask else { return hidden.select(dim: 1, index: 0) }
            let places = mask.argmax(dim: -1).view(-1, 1, 1).expand([hidden.size(0), 1, hidden.size(2)])
            return hidden.gather(dim: 1, index: places).squeeze(1)
        case .lastToken: throw PretrainedModelError.argument("ModernBERT has no head over the last token")
        }
    }

    /// Gives the hidden states and no loss.
    public func forward(_ inputs: Batch) throws -> ModelOutput {
        ModelOutput(others: [("last_hidden_state", try tokenStates(inputs, allowsPacking: false).hidden)])
    }
}

/// ModernBERT with a classifier over the first token, or the mean of all.
public typealias ModernBertForSequenceClassification = ForSequenceClassification<ModernBertModel>
/// ModernBERT with a classifier over each token.
public typealias ModernBertForTokenClassification = ForTokenClassification<ModernBertModel>
/// ModernBERT with scores of begin and end of an answer.
public typealias ModernBertForQuestionAnswering = ForQuestionAnswering<ModernBertModel>
/// ModernBERT with a score for each of several texts.
public typealias ModernBertForMultipleChoice = ForMultipleChoice<ModernBertModel>
/// ModernBERT with its masked-token head.
public typealias ModernBertForMaskedLM = ForMaskedLM<ModernBertModel>
