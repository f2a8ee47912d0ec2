import Synchronization

/// How models of one `model_type` are made.
public struct ModelArchitecture: Sendable {
    public let modelType: String
    /// The encoder alone. `initialize` false: weights will be loaded, nothing need be drawn.
    public let makeModel: @Sendable (_ config: ModelConfiguration, _ initialize: Bool) throws -> PretrainedModel
    /// With a head for sequence classification; nil where the architecture has none.
    public let makeSequenceClassifier:
        (@Sendable (_ config: ModelConfiguration, _ initialize: Bool) throws -> SequenceClassificationModel)?

    public init(
        modelType: String,
        makeModel: @escaping @Sendable (ModelConfiguration, Bool) throws -> PretrainedModel,
        makeSequenceClassifier: (@Sendable (ModelConfiguration, Bool) throws -> SequenceClassificationModel)? = nil
    ) {
        self.modelType = modelType
        self.makeModel = makeModel
        self.makeSequenceClassifier = makeSequenceClassifier
    }
}

/// The architectures that the `Auto…` types know; others can be added.
public enum ModelRegistry {
    private static let architectures = Mutex<[String: ModelArchitecture]>([
        "bert": ModelArchitecture(
            modelType: "bert",
            makeModel: { try BertModel($0, addPoolingLayer: true, initialize: $1) },
            makeSequenceClassifier: { try BertForSequenceClassification($0, initialize: $1) })
    ])

    /// Adds an architecture, or replaces the one of its type.
    public static func register(_ architecture: ModelArchitecture) {
        architectures.withLock { $0[architecture.modelType] = architecture }
    }

    /// The types there are, sorted.
    public static var modelTypes: [String] { architectures.withLock { $0.keys.sorted() } }

    /// The architecture of a configuration.
    ///
    /// - Throws: ``PretrainedModelError/unknownArchitecture(_:file:supported:)``.
    static func architecture(of config: ModelConfiguration) throws -> ModelArchitecture {
        guard let type = config.modelType, let found = architectures.withLock({ $0[type] }) else {
            throw PretrainedModelError.unknownArchitecture(
                config.modelType, file: config.source, supported: modelTypes)
        }
        return found
    }
}
