import OrderedJSON
public import Training

/// Sizes and settings of a BERT encoder, with Python's names and defaults (`BertConfig`).
public struct BertConfiguration: Sendable, Hashable {
    public let vocabSize: Int
    public let hiddenSize: Int
    public let numHiddenLayers: Int
    public let numAttentionHeads: Int
    public let intermediateSize: Int
    public let hiddenAct: Activation
    public let hiddenDropoutProb: Double
    public let attentionProbsDropoutProb: Double
    public let maxPositionEmbeddings: Int
    public let typeVocabSize: Int
    public let initializerRange: Double
    public let layerNormEps: Double
    public let padTokenId: Int?
    /// Dropout before the classifier; nil: as `hiddenDropoutProb`.
    public let classifierDropout: Double?
    public let attentionImplementation: AttentionImplementation

    /// How attention is computed: libtorch's fused operator, or the plain formula.
    public enum AttentionImplementation: String, Sendable, Hashable {
        case sdpa
        case eager
    }

    /// - Throws: ``PretrainedModelError`` that names file, key and value.
    public init(_ config: ModelConfiguration) throws {
        try config.checkLabels()
        vocabSize = try config.int("vocab_size", default: 30522)
        hiddenSize = try config.int("hidden_size", default: 768, in: 1...65536)
        numHiddenLayers = try config.int("num_hidden_layers", default: 12, in: 0...1000)
        numAttentionHeads = try config.int("num_attention_heads", default: 12, in: 1...4096)
        intermediateSize = try config.int("intermediate_size", default: 3072, in: 1...(1 << 20))
        hiddenDropoutProb = try config.double("hidden_dropout_prob", default: 0.1, in: 0...0.999)
        attentionProbsDropoutProb = try config.double("attention_probs_dropout_prob", default: 0.1, in: 0...0.999)
        maxPositionEmbeddings = try config.int("max_position_embeddings", default: 512, in: 1...(1 << 24))
        typeVocabSize = try config.int("type_vocab_size", default: 2, in: 1...65536)
        initializerRange = try config.double("initializer_range", default: 0.02, in: 0...100)
        layerNormEps = try config.double("layer_norm_eps", default: 1e-12, in: 0...1)
        padTokenId = try config.optionalInt("pad_token_id", default: 0)
        let classifierValue = config["classifier_dropout"]
        classifierDropout =
            classifierValue == nil || classifierValue == .null
            ? nil : try config.double("classifier_dropout", default: 0, in: 0...0.999)
        let name = try config.string("hidden_act", default: "gelu")
        guard let activation = Activation(rawValue: name) else {
            throw config.invalid(
                "hidden_act", .string(name),
                "supported: \(Activation.allCases.map { $0.rawValue }.joined(separator: ", "))")
        }
        hiddenAct = activation
        let attention = try config.string("attn_implementation", default: "sdpa")
        guard let implementation = AttentionImplementation(rawValue: attention) else {
            throw config.invalid("attn_implementation", .string(attention), "supported: sdpa, eager")
        }
        attentionImplementation = implementation
        guard hiddenSize % numAttentionHeads == 0 else {
            throw config.invalid(
                "hidden_size", .int(hiddenSize), "it is no multiple of num_attention_heads (\(numAttentionHeads))")
        }
        if let padTokenId, !(0..<vocabSize).contains(padTokenId) {
            throw config.invalid("pad_token_id", .int(padTokenId), "the vocabulary has \(vocabSize) tokens")
        }
        let position = try config.string("position_embedding_type", default: "absolute")
        guard position == "absolute" else {
            throw config.invalid("position_embedding_type", .string(position), "supported: absolute")
        }
        if config["is_decoder"]?.boolValue == true || config["add_cross_attention"]?.boolValue == true {
            throw config.invalid("is_decoder", .bool(true), "BERT as a decoder is not supported")
        }
    }
}
