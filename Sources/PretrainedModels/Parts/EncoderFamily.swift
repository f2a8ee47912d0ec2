/// A family of encoders with BERT's arithmetic (embeddings, then layers that normalise after each residual): what is its
/// own in names, sizes and heads. ``EncoderModel`` does the rest.
///
/// ```swift
/// public enum Electra: EncoderFamily {
///     public static let modelType = "electra"
///     public static let className = "Electra"
///     …
/// }
/// public typealias ElectraModel = EncoderModel<Electra>
/// ModelRegistry.register(ModelArchitecture(ElectraModel.self))
/// ```
public protocol EncoderFamily: Sendable {
    /// `model_type` in `config.json`.
    static var modelType: String { get }
    /// What Python's class names begin with: `Bert` of `BertForMaskedLM`.
    static var className: String { get }
    /// Name of the encoder in models with a head: `bert`.
    static var baseModelPrefix: String { get }
    /// Whether there is a pooling layer over the first token. Default true.
    static var hasPooler: Bool { get }
    /// Names and order of the weights. Default: BERT's.
    static var layout: EncoderLayout { get }

    /// Sizes and settings.
    ///
    /// - Throws: ``PretrainedModelError`` that names file, key and value.
    static func configuration(_ config: ModelConfiguration) throws -> EncoderConfiguration

    /// The head of a task that classifies; nil where the family has none.
    ///
    /// - Throws: ``PretrainedModelError`` that names file, key and value.
    static func head(_ task: HeadTask, _ config: ModelConfiguration, _ sizes: EncoderConfiguration) throws
        -> HeadDesign?

    /// The head that predicts masked tokens; nil where the family has none.
    ///
    /// - Throws: ``PretrainedModelError`` that names file, key and value.
    static func languageHead(_ config: ModelConfiguration, _ sizes: EncoderConfiguration) throws
        -> LanguageHeadDesign?

    /// The present name of a weight in an older file; nil where it is to be passed over.
    static func currentKey(_ key: String) -> String?
}

extension EncoderFamily {
    public static var hasPooler: Bool { true }
    public static var layout: EncoderLayout { EncoderLayout() }
    public static func currentKey(_ key: String) -> String? { BertKeys.modern(key) }
}

/// Names of an encoder's weights in files, by default BERT's, and their order where it is not that of ``EncoderModel``.
public struct EncoderLayout: Sendable {
    /// Where the layers are: `encoder.layer` of `encoder.layer.0`.
    public var layers = "encoder.layer"
    /// Where the layers of a group are, for a family that shares layers; nil: each layer is its own.
    public var groupLayers: String?
    /// Projections of a layer's attention.
    public var query = "attention.self.query"
    public var key = "attention.self.key"
    public var value = "attention.self.value"
    /// Projections of the distances between tokens, where the family has its own.
    public var positionKey = "attention.self.pos_key_proj"
    public var positionQuery = "attention.self.pos_query_proj"
    /// What follows the attention of a layer.
    public var attentionOutput = "attention.output.dense"
    public var attentionNorm = "attention.output.LayerNorm"
    /// The feed-forward part of a layer.
    public var intermediate = "intermediate.dense"
    public var output = "output.dense"
    public var outputNorm = "output.LayerNorm"
    /// Keys of a layer's parts that come first.
    public var layerOrder: [String] = []
    /// Keys of the embeddings' parts that come first.
    public var embeddingOrder: [String] = []
    /// The projection between embeddings and layers, and whether it is there for equal sizes too; nil: never there.
    public var projection: (key: String, always: Bool)?
    /// The projection inside the embeddings, before their normalisation, where the sizes differ; nil: never there.
    public var innerProjection: String?
    /// The projection of the pooled first token.
    public var pooler = "pooler.dense"

    public init() {}
}
