import OrderedJSON
public import Training

/// Sizes and settings of ModernBERT; names and defaults of Python's `ModernBertConfig`.
public struct ModernBertConfiguration: Sendable, Hashable {
    /// Which tokens a layer's tokens look at.
    public enum LayerKind: String, Sendable, Hashable, CaseIterable {
        case full = "full_attention"
        /// Those at most ``ModernBertConfiguration/window`` away.
        case sliding = "sliding_attention"
    }

    public let vocabSize: Int
    public let hiddenSize: Int
    public let intermediateSize: Int
    public let numAttentionHeads: Int
    /// One for each layer.
    public let layers: [LayerKind]
    /// The farthest token that a layer of the kind `sliding` looks at: half of `local_attention`.
    public let window: Int
    /// Base of the wave lengths of rotary positions.
    public let ropeTheta: [LayerKind: Double]
    public let maxPositionEmbeddings: Int
    public let padTokenId: Int?
    public let hiddenActivation: Activation
    public let normEps: Double
    public let normBias: Bool
    public let attentionBias: Bool
    public let mlpBias: Bool
    public let attentionDropout: Double
    public let embeddingDropout: Double
    public let mlpDropout: Double
    public let attentionImplementation: AttentionImplementation
    /// Of the heads.
    public let classifierDropout: Double
    public let classifierActivation: Activation
    public let classifierBias: Bool
    /// Whether rows are classified by the mean of their tokens instead of the first.
    public let poolsMean: Bool
    public let decoderBias: Bool
    public let tieWordEmbeddings: Bool
    /// Standard deviation of initial values, and beyond how many of these they are drawn again.
    public let initializerRange: Double
    public let initializerCutoff: Double

    /// - Throws: ``PretrainedModelError`` that names file, key and value.
    public init(_ config: ModelConfiguration) throws {
        try config.checkLabels()
        vocabSize = try config.int("vocab_size", default: 50368, in: 1...(1 << 30))
        hiddenSize = try config.int("hidden_size", default: 768, in: 1...65536)
        intermediateSize = try config.int("intermediate_size", default: 1152, in: 1...(1 << 20))
        numAttentionHeads = try config.int("num_attention_heads", default: 12, in: 1...4096)
        layers = try Self.layers(config)
        window = try config.int("local_attention", default: 128, in: 0...(1 << 24)) / 2
        ropeTheta = try Self.ropeTheta(config)
        maxPositionEmbeddings = try config.int("max_position_embeddings", default: 8192, in: 1...(1 << 24))
        padTokenId = try config.optionalInt("pad_token_id", default: 50283)
        hiddenActivation = try config.activation("hidden_activation", default: "gelu")
        normEps = try config.double("norm_eps", default: 1e-5, in: 0...1)
        normBias = config["norm_bias"]?.boolValue ?? false
        attentionBias = config["attention_bias"]?.boolValue ?? false
        mlpBias = config["mlp_bias"]?.boolValue ?? false
        attentionDropout = try config.probability(("attention_dropout", 0))
        embeddingDropout = try config.probability(("embedding_dropout", 0))
        mlpDropout = try config.probability(("mlp_dropout", 0))
        attentionImplementation = try config.attentionImplementation()
        classifierDropout = try config.probability(("classifier_dropout", 0))
        classifierActivation = try config.activation("classifier_activation", default: "gelu")
        classifierBias = config["classifier_bias"]?.boolValue ?? false
        let pooling = try config.string("classifier_pooling", default: "cls")
        guard ["cls", "mean"].contains(pooling) else {
            throw config.invalid("classifier_pooling", .string(pooling), "supported: cls, mean")
        }
        poolsMean = pooling == "mean"
        decoderBias = config["decoder_bias"]?.boolValue ?? true
        tieWordEmbeddings = config["tie_word_embeddings"]?.boolValue ?? true
        let range = try config.double("initializer_range", default: 0.02, in: 0...100)
        initializerRange = range == 0 ? 0.02 : range
        initializerCutoff = try config.double("initializer_cutoff_factor", default: 2, in: 1e-3...1e3)
        try check(config)
    }

    private func check(_ config: ModelConfiguration) throws {
        guard hiddenSize % numAttentionHeads == 0, headSize % 2 == 0 else {
            throw config.invalid(
                "hidden_size", .int(hiddenSize),
                "it must be an even multiple of num_attention_heads (\(numAttentionHeads))")
        }
        guard try config.int("head_dim", default: headSize) == headSize else {
            throw config.invalid(
                "head_dim", config["head_dim"] ?? .null, "only \(headSize) is supported, as by the other sizes")
        }
        if let padTokenId, !(0..<vocabSize).contains(padTokenId) {
            throw config.invalid("pad_token_id", .int(padTokenId), "the vocabulary has \(vocabSize) tokens")
        }
        if config["sparse_prediction"]?.boolValue == true {
            throw config.invalid(
                "sparse_prediction", .bool(true), "only logits of all tokens are supported; the loss is the same")
        }
    }

    /// Width of an attention head.
    public var headSize: Int { hiddenSize / numAttentionHeads }
}

extension ModernBertConfiguration {
    /// `layer_types`, or every `global_attn_every_n_layers`-th looks at all tokens.
    private static func layers(_ config: ModelConfiguration) throws -> [LayerKind] {
        let count = try config.int("num_hidden_layers", default: 22, in: 0...1000)
        guard let value = config["layer_types"], value != .null else {
            let every = try config.int("global_attn_every_n_layers", default: 3)
            return (0..<count).map { $0 % every == 0 ? .full : .sliding }
        }
        let kinds = value.arrayValue?.map { $0.stringValue.flatMap(LayerKind.init(rawValue:)) } ?? []
        guard kinds.count == count, !kinds.contains(nil) else {
            throw config.invalid(
                "layer_types", value,
                "it must name for each of the \(count) layers one of "
                    + LayerKind.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return kinds.compactMap(\.self)
    }

    /// `rope_parameters`, or the older `global_rope_theta` and `local_rope_theta`.
    private static func ropeTheta(_ config: ModelConfiguration) throws -> [LayerKind: Double] {
        func checkType(_ key: String, _ value: JSONValue) throws {
            let type = (value["rope_type"] ?? value["type"])?.stringValue ?? "default"
            guard type == "default" else { throw config.invalid(key, value, "supported: rope_type default") }
        }
        if let scaling = config["rope_scaling"], scaling != .null { try checkType("rope_scaling", scaling) }
        let range = 1.0...1e12
        var result: [LayerKind: Double] = [
            .full: try config.double("global_rope_theta", default: 160_000, in: range),
            .sliding: try config.double("local_rope_theta", default: 10_000, in: range),
        ]
        guard let parameters = config["rope_parameters"], parameters != .null else { return result }
        for kind in LayerKind.allCases {
            guard let own = parameters[kind.rawValue], own != .null else { continue }
            try checkType("rope_parameters", own)
            guard let theta = own["rope_theta"], theta != .null else { continue }
            guard let number = theta.doubleValue, range.contains(number) else {
                throw config.invalid(
                    "rope_parameters", own, "rope_theta must lie between \(range.lowerBound) and \(range.upperBound)")
            }
            result[kind] = number
        }
        return result
    }
}
