import OrderedJSON
public import Training

/// Sizes and settings of an encoder with BERT's arithmetic; names and defaults of `BertConfig` unless ``EncoderFields`` gives
/// others.
public struct EncoderConfiguration: Sendable, Hashable {
    public let vocabSize: Int
    /// Width of the embeddings; most families' is `hiddenSize`.
    public let embeddingSize: Int
    public let hiddenSize: Int
    public let numHiddenLayers: Int
    public let numAttentionHeads: Int
    public let intermediateSize: Int
    public let hiddenAct: Activation
    /// Dropout after the embeddings, and by default after attention and feed-forward part.
    public let hiddenDropoutProb: Double
    public let attentionProbsDropoutProb: Double
    /// Dropout after a layer's attention.
    public var attentionOutputDropout: Double
    /// Dropout after a layer's feed-forward part.
    public var outputDropout: Double
    public let maxPositionEmbeddings: Int
    /// Number of segments; 0: the family has none.
    public let typeVocabSize: Int
    public let layerNormEps: Double
    public let padTokenId: Int?
    /// Number of the first position.
    public let positions: PositionNumbering
    /// Dropout before the classifier; nil: as `hiddenDropoutProb`.
    public let classifierDropout: Double?
    /// Whether the head that predicts tokens shares its matrix with the word embeddings.
    public let tieWordEmbeddings: Bool
    public let attentionImplementation: AttentionImplementation
    /// How layers share their weights; nil: each has its own.
    public var layerGroups: LayerGroups?
    /// Whether each position has an embedding of its own.
    public var hasPositionEmbeddings = true
    /// Whether the embeddings of padding are set to zero.
    public var masksPaddedEmbeddings = false
    /// What attention knows of the distances between tokens; nil: nothing.
    public var distances: TokenDistances?
    /// The convolution beside the first layer; nil: none.
    public var convolution: LayerConvolution.Settings?

    /// - Parameters:
    ///   - config: The file's values.
    ///   - fields: Names and defaults.
    /// - Throws: ``PretrainedModelError`` that names file, key and value.
    public init(_ config: ModelConfiguration, _ fields: EncoderFields = EncoderFields()) throws {
        try config.checkLabels()
        vocabSize = try config.int(fields.vocabSize, in: 1...(1 << 30))
        hiddenSize = try config.int(fields.hiddenSize, in: 1...65536)
        embeddingSize = try fields.embeddingSize.map { try config.int($0, in: 1...65536) } ?? hiddenSize
        numHiddenLayers = try config.int(fields.numHiddenLayers, in: 0...1000)
        numAttentionHeads = try config.int(fields.numAttentionHeads, in: 1...4096)
        intermediateSize = try config.int(fields.intermediateSize, in: 1...(1 << 20))
        hiddenDropoutProb = try config.probability(fields.hiddenDropout)
        attentionProbsDropoutProb = try config.probability(fields.attentionDropout)
        attentionOutputDropout = hiddenDropoutProb
        outputDropout = hiddenDropoutProb
        maxPositionEmbeddings = try config.int(fields.maxPositionEmbeddings, in: 1...(1 << 24))
        typeVocabSize = try fields.typeVocabSize.map { try config.int($0, in: 1...65536) } ?? 0
        _ = try config.double("initializer_range", default: 0.02, in: 0...100)
        layerNormEps = try fields.layerNormEps.map { try config.double($0.key, default: $0.value, in: 0...1) } ?? 1e-12
        padTokenId = try config.optionalInt("pad_token_id", default: fields.padTokenId)
        classifierDropout = try config.optionalProbability(fields.classifierDropout)
        tieWordEmbeddings = config["tie_word_embeddings"]?.boolValue ?? true
        hiddenAct = try config.activation(fields.activation, default: fields.defaultActivation)
        attentionImplementation = try config.attentionImplementation(fields.attention)
        guard hiddenSize % numAttentionHeads == 0 else {
            throw config.invalid(
                fields.hiddenSize.key, .int(hiddenSize),
                "it is no multiple of \(fields.numAttentionHeads.key) (\(numAttentionHeads))")
        }
        if let padTokenId, !(0..<vocabSize).contains(padTokenId) {
            throw config.invalid("pad_token_id", .int(padTokenId), "the vocabulary has \(vocabSize) tokens")
        }
        if fields.positionsFollowPadding {
            guard let padTokenId, padTokenId + 1 < maxPositionEmbeddings else {
                throw config.invalid(
                    "pad_token_id", config["pad_token_id"] ?? .null,
                    "positions are numbered from it; it must be below max_position_embeddings "
                        + "(\(maxPositionEmbeddings)) less 1")
            }
            positions = .afterPadding(padTokenId)
        } else {
            positions = .fromZero
        }
        let position = try config.string("position_embedding_type", default: "absolute")
        guard position == "absolute" else {
            throw config.invalid("position_embedding_type", .string(position), "supported: absolute")
        }
        if config["is_decoder"]?.boolValue == true || config["add_cross_attention"]?.boolValue == true {
            throw config.invalid(
                "is_decoder", .bool(true), "\(config.modelType ?? "an encoder") as a decoder is not supported")
        }
    }

    /// Width of an attention head.
    public var headSize: Int { hiddenSize / numAttentionHeads }

    /// Whether the arithmetic is BERT's own, which the fast path knows.
    var isPlain: Bool {
        hasPositionEmbeddings && !masksPaddedEmbeddings && distances == nil && convolution == nil
    }

    /// The longest row that the positions allow.
    public var maxInputLength: Int {
        switch positions {
        case .fromZero: maxPositionEmbeddings
        case .afterPadding(let padding): maxPositionEmbeddings - padding - 1
        }
    }
}

/// How the positions of a row's tokens are numbered.
public enum PositionNumbering: Sendable, Hashable {
    /// 0, 1, 2, … for padding too.
    case fromZero
    /// RoBERTa's: tokens other than the padding token count from its id + 1; padding has its id.
    case afterPadding(Int)
}

/// Names and defaults of the settings in a family's `config.json`; by default BERT's.
public struct EncoderFields: Sendable {
    public typealias Size = (key: String, value: Int)
    public typealias Number = (key: String, value: Double)

    public var vocabSize: Size = ("vocab_size", 30522)
    /// nil: as the hidden size.
    public var embeddingSize: Size?
    public var hiddenSize: Size = ("hidden_size", 768)
    public var numHiddenLayers: Size = ("num_hidden_layers", 12)
    public var numAttentionHeads: Size = ("num_attention_heads", 12)
    public var intermediateSize: Size = ("intermediate_size", 3072)
    public var maxPositionEmbeddings: Size = ("max_position_embeddings", 512)
    /// nil: no segments.
    public var typeVocabSize: Size? = ("type_vocab_size", 2)
    public var hiddenDropout: Number = ("hidden_dropout_prob", 0.1)
    public var attentionDropout: Number = ("attention_probs_dropout_prob", 0.1)
    /// nil: 1e-12, whatever the file says.
    public var layerNormEps: Number? = ("layer_norm_eps", 1e-12)
    public var classifierDropout = "classifier_dropout"
    public var activation = "hidden_act"
    public var defaultActivation = "gelu"
    public var padTokenId = 0
    /// The first is the default.
    public var attention: [AttentionImplementation] = [.sdpa, .eager]
    /// Whether positions count from the padding token's id, as RoBERTa's.
    public var positionsFollowPadding = false

    public init() {}
}
