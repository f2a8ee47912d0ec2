import OrderedJSON
import Synchronization

/// How models of one `model_type` are made.
public struct ModelArchitecture: Sendable {
    /// Makes a model from its configuration. `initialize` false: weights will be loaded, nothing need be drawn.
    public typealias Maker<Model> = @Sendable (_ config: ModelConfiguration, _ initialize: Bool) throws -> Model

    public let modelType: String
    /// The model without a head.
    public let makeModel: Maker<PretrainedModel>
    /// The most tokens of a row by a configuration; nil: no limit that is known.
    public let maxInputLength: @Sendable (_ config: ModelConfiguration) throws -> Int?
    /// The models with a head that there are.
    public private(set) var heads: [HeadTask: Maker<HeadedModel>] = [:]

    /// An architecture with exchangeable heads: all those that it has a design for.
    ///
    /// - Parameter base: The model without a head.
    public init<Base: Backbone>(_ base: Base.Type) {
        modelType = Base.modelType
        maxInputLength = { try Base.maxInputLength($0) }
        makeModel = { try Base($0, addPoolingLayer: true, initialize: $1) }
        heads = [
            .sequenceClassification: { try ForSequenceClassification<Base>($0, initialize: $1) },
            .tokenClassification: { try ForTokenClassification<Base>($0, initialize: $1) },
            .questionAnswering: { try ForQuestionAnswering<Base>($0, initialize: $1) },
            .multipleChoice: { try ForMultipleChoice<Base>($0, initialize: $1) },
            .maskedLM: { try ForMaskedLM<Base>($0, initialize: $1) },
        ]
    }

    /// A decoder with exchangeable heads.
    ///
    /// - Parameter base: The model without a head.
    public init<Base: DecoderBackbone>(_ base: Base.Type) {
        modelType = Base.modelType
        maxInputLength = { try Base.maxInputLength($0) }
        makeModel = { try Base($0, addPoolingLayer: false, initialize: $1) }
        heads = [
            .causalLM: { try ForCausalLM<Base>($0, initialize: $1) },
            .sequenceClassification: { try ForSequenceClassification<Base>($0, initialize: $1) },
            .tokenClassification: { try ForTokenClassification<Base>($0, initialize: $1) },
            .questionAnswering: { try ForQuestionAnswering<Base>($0, initialize: $1) },
        ]
    }

    /// An architecture of one's own.
    ///
    /// - Parameters:
    ///   - modelType: `model_type` in `config.json`.
    ///   - makeModel: Makes the model without a head.
    public init(modelType: String, makeModel: @escaping Maker<PretrainedModel>) {
        self.modelType = modelType
        self.makeModel = makeModel
        maxInputLength = { $0["max_position_embeddings"]?.intValue }
    }

    /// This architecture with a head for a task; another one for that task is replaced.
    ///
    /// - Parameters:
    ///   - task: What the head does; the model must be of that task's base class, for example
    ///     ``SequenceClassificationModel``.
    ///   - make: Makes the model.
    public func with(_ task: HeadTask, _ make: @escaping Maker<HeadedModel>) -> ModelArchitecture {
        var result = self
        result.heads[task] = make
        return result
    }
}

/// The architectures that the `Auto…` types know; others can be added.
public enum ModelRegistry {
    private static let architectures = Mutex<[String: ModelArchitecture]>(
        Dictionary(
            uniqueKeysWithValues: [
                ModelArchitecture(AlbertModel.self),
                ModelArchitecture(BertModel.self),
                ModelArchitecture(DebertaV2Model.self),
                ModelArchitecture(DistilBertModel.self),
                ModelArchitecture(ElectraModel.self),
                ModelArchitecture(GPT2Model.self),
                ModelArchitecture(LlamaModel.self),
                ModelArchitecture(MPNetModel.self),
                ModelArchitecture(MistralModel.self),
                ModelArchitecture(ModernBertModel.self),
                ModelArchitecture(Qwen2Model.self),
                ModelArchitecture(Qwen3Model.self),
                ModelArchitecture(RobertaModel.self),
                ModelArchitecture(XLMRobertaModel.self),
            ].map { ($0.modelType, $0) }))

    /// Types that read with an encoder and write with a decoder.
    private static let encoderDecoderTypes: Set<String> = [
        "bart", "bigbird_pegasus", "blenderbot", "blenderbot-small", "encoder-decoder", "fsmt", "led", "longt5",
        "m2m_100",
        "marian", "mbart", "mt5", "mvp", "nllb-moe", "pegasus", "pegasus_x", "plbart", "prophetnet",
        "switch_transformers",
        "t5", "umt5", "whisper",
    ]

    /// Adds an architecture, or replaces the one of its type.
    ///
    /// - Parameter architecture: How its models are made.
    public static func register(_ architecture: ModelArchitecture) {
        architectures.withLock { $0[architecture.modelType] = architecture }
    }

    /// The types there are, sorted.
    public static var modelTypes: [String] { architectures.withLock { $0.keys.sorted() } }

    /// The architecture of a configuration.
    ///
    /// - Throws: ``PretrainedModelError/unknownArchitecture(_:file:supported:)``,
    ///   ``PretrainedModelError/encoderDecoder(_:file:supported:)``.
    static func architecture(of config: ModelConfiguration) throws -> ModelArchitecture {
        guard let type = config.modelType, let found = architectures.withLock({ $0[type] }) else {
            if let type = config.modelType,
                config["is_encoder_decoder"]?.boolValue == true || encoderDecoderTypes.contains(type)
            {
                throw PretrainedModelError.encoderDecoder(type, file: config.source, supported: modelTypes)
            }
            throw PretrainedModelError.unknownArchitecture(
                config.modelType, file: config.source, supported: modelTypes)
        }
        return found
    }
}
