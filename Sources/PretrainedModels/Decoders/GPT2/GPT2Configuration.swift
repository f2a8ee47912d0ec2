import OrderedJSON
public import Training

/// Sizes and settings of GPT-2; names and defaults of `GPT2Config`.
public struct GPT2Configuration: Sendable, Hashable {
    public let vocabSize: Int
    public let maxPositionEmbeddings: Int
    public let hiddenSize: Int
    public let numHiddenLayers: Int
    public let numAttentionHeads: Int
    /// Width of the feed-forward part.
    public let intermediateSize: Int
    public let activation: Activation
    public let residualDropout: Double
    public let embeddingDropout: Double
    public let attentionDropout: Double
    public let layerNormEps: Double
    public let initializerRange: Double
    /// Whether scores are divided by the root of the head's size.
    public let scaleAttnWeights: Bool
    /// Whether scores are divided by the layer's number too.
    public let scaleAttnByInverseLayerIdx: Bool
    public let tieWordEmbeddings: Bool
    public let attentionImplementation: AttentionImplementation

    /// - Throws: ``PretrainedModelError`` that names file, key and value.
    public init(_ config: ModelConfiguration) throws {
        /// Python takes the common name of a setting as well as GPT-2's own.
        func size(_ key: String, or other: String, default value: Int, in range: ClosedRange<Int>) throws -> Int {
            try config.int(key, default: config.int(other, default: value, in: range), in: range)
        }
        try config.checkLabels()
        vocabSize = try config.int("vocab_size", default: 50257, in: 1...(1 << 30))
        maxPositionEmbeddings = try size(
            "n_positions", or: "max_position_embeddings", default: 1024, in: 1...(1 << 24))
        hiddenSize = try size("n_embd", or: "hidden_size", default: 768, in: 1...65536)
        numHiddenLayers = try size("n_layer", or: "num_hidden_layers", default: 12, in: 0...1000)
        numAttentionHeads = try size("n_head", or: "num_attention_heads", default: 12, in: 1...4096)
        intermediateSize = try config.int("n_inner", default: 4 * hiddenSize, in: 1...(1 << 20))
        activation = try config.activation("activation_function", default: "gelu_new")
        residualDropout = try config.double("resid_pdrop", default: 0.1, in: 0...0.999)
        embeddingDropout = try config.double("embd_pdrop", default: 0.1, in: 0...0.999)
        attentionDropout = try config.double("attn_pdrop", default: 0.1, in: 0...0.999)
        layerNormEps = try config.double("layer_norm_epsilon", default: 1e-5, in: 0...1)
        initializerRange = try config.double("initializer_range", default: 0.02, in: 0...100)
        scaleAttnWeights = config["scale_attn_weights"]?.boolValue ?? true
        scaleAttnByInverseLayerIdx = config["scale_attn_by_inverse_layer_idx"]?.boolValue ?? false
        tieWordEmbeddings = config["tie_word_embeddings"]?.boolValue ?? true
        attentionImplementation = try config.attentionImplementation()
        guard hiddenSize % numAttentionHeads == 0 else {
            throw config.invalid(
                "n_embd", .int(hiddenSize), "it is no multiple of n_head (\(numAttentionHeads))")
        }
        if config["add_cross_attention"]?.boolValue == true {
            throw config.invalid("add_cross_attention", .bool(true), "GPT-2 beside an encoder is not supported")
        }
        if attentionImplementation == .eager, config["reorder_and_upcast_attn"]?.boolValue == true {
            throw config.invalid(
                "reorder_and_upcast_attn", .bool(true), "with eager attention it is not supported; use sdpa")
        }
    }
}
