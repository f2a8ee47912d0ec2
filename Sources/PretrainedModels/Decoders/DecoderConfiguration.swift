import OrderedJSON
public import Training

/// Sizes and settings of a decoder with Llama's arithmetic.
public struct DecoderConfiguration: Sendable, Hashable {
    public let vocabSize: Int
    public let hiddenSize: Int
    public let intermediateSize: Int
    public let numHiddenLayers: Int
    public let numAttentionHeads: Int
    /// Heads of keys and values, which several query heads share.
    public let numKeyValueHeads: Int
    /// Width of a head.
    public let headDim: Int
    public let hiddenAct: Activation
    public let maxPositionEmbeddings: Int
    public let rmsNormEps: Double
    public let attentionDropout: Double
    /// Whether the projections to queries, keys and values have biases.
    public let attentionBias: Bool
    /// Whether the projection after attention has a bias.
    public let attentionOutputBias: Bool
    public let mlpBias: Bool
    /// Whether queries and keys are normalised head by head.
    public let normalizesHeads: Bool
    /// Of each layer: how many tokens a token sees, itself included; nil: all before it.
    public let windows: [Int?]
    public let rotary: RotaryConfiguration
    /// The row of the embeddings that is not trained; nil: none.
    public let paddingRow: Int?
    public let tieWordEmbeddings: Bool
    public let attentionImplementation: AttentionImplementation

    /// - Parameters:
    ///   - config: The file's values.
    ///   - fields: What the family decides.
    /// - Throws: ``PretrainedModelError`` that names file, key and value.
    public init(_ config: ModelConfiguration, _ fields: DecoderFields = DecoderFields()) throws {
        try config.checkLabels()
        vocabSize = try config.int("vocab_size", default: fields.vocabSize, in: 1...(1 << 30))
        hiddenSize = try config.int("hidden_size", default: 4096, in: 1...65536)
        intermediateSize = try config.int("intermediate_size", default: fields.intermediateSize, in: 1...(1 << 20))
        numHiddenLayers = try config.int("num_hidden_layers", default: 32, in: 0...1000)
        numAttentionHeads = try config.int("num_attention_heads", default: 32, in: 1...4096)
        let heads = config["num_key_value_heads"] == .null ? nil : fields.numKeyValueHeads
        numKeyValueHeads = try config.int("num_key_value_heads", default: heads ?? numAttentionHeads, in: 1...4096)
        guard numAttentionHeads % numKeyValueHeads == 0 else {
            throw config.invalid(
                "num_attention_heads", .int(numAttentionHeads),
                "it is no multiple of num_key_value_heads (\(numKeyValueHeads))")
        }
        if fields.headDim == nil, config["head_dim"] ?? .null == .null, hiddenSize % numAttentionHeads != 0 {
            throw config.invalid(
                "hidden_size", .int(hiddenSize), "it is no multiple of num_attention_heads (\(numAttentionHeads))")
        }
        headDim = try config.int(
            "head_dim", default: fields.headDim ?? hiddenSize / numAttentionHeads, in: 1...65536)
        guard headDim % 2 == 0 else {
            throw config.invalid("head_dim", .int(headDim), "heads must have an even size to be rotated")
        }
        hiddenAct = try config.activation("hidden_act", default: "silu")
        maxPositionEmbeddings = try config.int(
            "max_position_embeddings", default: fields.maxPositionEmbeddings, in: 1...(1 << 24))
        rmsNormEps = try config.double("rms_norm_eps", default: 1e-6, in: 0...1)
        attentionDropout = try config.double("attention_dropout", default: 0, in: 0...0.999)
        _ = try config.double("initializer_range", default: 0.02, in: 0...100)
        switch fields.attentionBias {
        case .configured:
            attentionBias = config["attention_bias"]?.boolValue ?? false
            attentionOutputBias = attentionBias
        case .inputsOnly: (attentionBias, attentionOutputBias) = (true, false)
        case .none: (attentionBias, attentionOutputBias) = (false, false)
        }
        mlpBias = fields.hasMLPBias && config["mlp_bias"]?.boolValue == true
        normalizesHeads = fields.normalizesHeads
        windows = try config.windows(fields.windows, layers: numHiddenLayers)
        rotary = try RotaryConfiguration(
            config, dimension: headDim, maxPositionEmbeddings: maxPositionEmbeddings)
        paddingRow = try config.paddingRow(vocabSize)
        tieWordEmbeddings = config["tie_word_embeddings"]?.boolValue ?? false
        attentionImplementation = try config.attentionImplementation()
    }

    /// The longest row that the positions were made for; nil where the rotations adapt to longer ones.
    public var maxInputLength: Int? {
        if case .dynamic = rotary.scaling { return nil }
        return maxPositionEmbeddings
    }
}

/// What a family of decoders decides about its settings; by default Llama's.
public struct DecoderFields: Sendable {
    /// Which projections of attention have biases.
    public enum AttentionBias: Sendable {
        /// All, where `attention_bias` says so.
        case configured
        /// Those to queries, keys and values.
        case inputsOnly
        case none
    }

    /// Which layers see only the last tokens.
    public enum Windows: Sendable {
        case none
        /// All, where `sliding_window` is a number.
        case all
        /// Those that `layer_types` names, or the ones from `max_window_layers`, where `use_sliding_window` is true.
        case byLayer
    }

    public var vocabSize = 32000
    public var intermediateSize = 11008
    public var maxPositionEmbeddings = 2048
    /// nil: as many as query heads.
    public var numKeyValueHeads: Int?
    /// nil: the hidden size divided by the heads.
    public var headDim: Int?
    public var attentionBias = AttentionBias.configured
    /// Whether `mlp_bias` counts.
    public var hasMLPBias = true
    public var normalizesHeads = false
    public var windows = Windows.none

    public init() {}
}

extension ModelConfiguration {
    /// The window of each layer.
    fileprivate func windows(_ kind: DecoderFields.Windows, layers: Int) throws -> [Int?] {
        let none = [Int?](repeating: nil, count: layers)
        switch kind {
        case .none: return none
        case .all:
            if self["sliding_window"] == .null { return none }
            return [Int?](repeating: try int("sliding_window", default: 4096), count: layers)
        case .byLayer:
            let isOn = self["use_sliding_window"]?.boolValue ?? false
            let window = isOn && self["sliding_window"] != .null ? try int("sliding_window", default: 4096) : nil
            guard let types = self["layer_types"], types != .null else {
                let first = try int("max_window_layers", default: 28, in: 0...(1 << 20))
                return (0..<layers).map { $0 >= first ? window : nil }
            }
            guard let names = types.arrayValue, names.count == layers else {
                throw invalid("layer_types", types, "a name for each of the \(layers) layers is expected")
            }
            return try names.map { name in
                switch name.stringValue {
                case "full_attention": return nil
                case "sliding_attention":
                    guard let window else {
                        throw invalid("layer_types", types, "use_sliding_window and sliding_window say otherwise")
                    }
                    return window
                default: throw invalid("layer_types", name, "supported: full_attention, sliding_attention")
                }
            }
        }
    }

    /// The padding token's row; negative ones count from the end, as in Python.
    fileprivate func paddingRow(_ vocabSize: Int) throws -> Int? {
        guard let id = try optionalInt("pad_token_id", default: nil) else { return nil }
        guard (-vocabSize..<vocabSize).contains(id) else {
            throw invalid("pad_token_id", .int(id), "the vocabulary has \(vocabSize) tokens")
        }
        return id < 0 ? id + vocabSize : id
    }
}
