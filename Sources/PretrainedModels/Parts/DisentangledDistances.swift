import OrderedJSON
import Training

/// Settings of attention that keeps content and position apart (DeBERTa, He et al. 2021).
public struct DisentangledSettings: Sendable, Hashable {
    /// Whether the scores know distances at all (`relative_attention`).
    public let isRelative: Bool
    /// Whether distances are projected as the tokens are (`share_att_key`).
    public let sharesProjections: Bool
    /// Whether tokens ask for distances (`c2p` in `pos_att_type`).
    public let contentToPosition: Bool
    /// Whether distances ask for tokens (`p2c` in `pos_att_type`).
    public let positionToContent: Bool
    /// Number of the buckets of either direction; nil: each distance is its own (`position_buckets`).
    public let buckets: Int?
    /// Where the last bucket begins, or the farthest distance (`max_relative_positions`).
    public let farthest: Int
    /// Whether the vectors of distances are normalised (`norm_rel_ebd`).
    public let normalizes: Bool

    /// - Throws: ``PretrainedModelError`` that names file, key and value.
    public init(_ config: ModelConfiguration, maxPositionEmbeddings: Int) throws {
        isRelative = config["relative_attention"]?.boolValue ?? false
        sharesProjections = config["share_att_key"]?.boolValue ?? false
        let types = try Self.types(config)
        contentToPosition = types.contains("c2p")
        positionToContent = types.contains("p2c")
        let buckets = try config.int("position_buckets", default: -1, in: -1...(1 << 16))
        self.buckets = buckets > 0 ? buckets : nil
        let farthest = try config.int("max_relative_positions", default: -1, in: -1...(1 << 20))
        self.farthest = farthest < 1 ? maxPositionEmbeddings : farthest
        normalizes = try config.string("norm_rel_ebd", default: "none").lowercased().split(separator: "|")
            .contains { $0.drop { $0 == " " }.prefix { $0 != " " } == "layer_norm" }
        if isRelative, buckets > 0, buckets < 2 || buckets / 2 >= self.farthest - 1 {
            throw config.invalid(
                "position_buckets", .int(buckets),
                "half of it must lie between 1 and the farthest distance (\(self.farthest)) less 2")
        }
    }

    /// `pos_att_type`: a list, or a text with `|` between the names.
    private static func types(_ config: ModelConfiguration) throws -> Set<String> {
        guard let value = config["pos_att_type"], value != .null else { return [] }
        let names =
            value.stringValue.map { $0.lowercased().split(separator: "|").map { $0.filter { $0 != " " } } }
            ?? value.arrayValue?.map { $0.stringValue ?? "" }
        guard let names, names.allSatisfy({ ["c2p", "p2c", ""].contains($0) }) else {
            throw config.invalid("pos_att_type", value, "supported: c2p, p2c")
        }
        return Set(names)
    }

    /// Number of vectors of either direction.
    var span: Int { buckets ?? farthest }
    /// Terms that add up to a score, over whose number's root it is divided.
    var terms: Int { 1 + (contentToPosition ? 1 : 0) + (positionToContent ? 1 : 0) }
}

/// The vectors of distances, and which of them belongs to two tokens.
final class DisentangledDistances: DistanceModule {
    @Child var embeddings: Embedding?
    @Child var norm: LayerNorm?
    private let settings: DisentangledSettings

    /// What all layers share.
    struct Values {
        /// `[2 · span, hidden]`
        let embeddings: Tensor
        /// For each query the vectors of its distance to the keys, `[L, L]`, int64.
        let ahead: Tensor
        /// For each key the vectors of its distance to the queries, `[L, L]`, int64.
        let behind: Tensor
    }

    init(_ config: EncoderConfiguration, _ settings: DisentangledSettings, initialize: Bool) {
        self.settings = settings
        let width = config.hiddenSize
        _embeddings = Child(
            "rel_embeddings",
            settings.isRelative ? Embedding(2 * settings.span, width, initialize: initialize) : nil)
        _norm = Child("LayerNorm", settings.normalizes ? LayerNorm([width], eps: config.layerNormEps) : nil)
    }

    override func context(_ mask: Tensor?, _ attentionMask: Tensor?, length: Int) -> AttentionContext {
        let keep = attentionMask.map { mask in
            let tokens = mask.to(.bool).unsqueeze(1)
            return tokens.unsqueeze(2).logicalAnd(tokens.unsqueeze(3))
        }
        guard let embeddings else { return AttentionContext(mask: keep) }
        let weight = embeddings.weight
        let places = bucketed(Self.distances(length, weight.device))
        let (span, last) = (settings.span, Scalar.int(2 * settings.span - 1))
        return AttentionContext(
            mask: keep,
            distances: Values(
                embeddings: norm.map { $0(weight) } ?? weight, ahead: (places + span).clamp(min: 0, max: last),
                behind: (-places + span).clamp(min: 0, max: last)))
    }

    /// Near distances as they are, farther ones in buckets that grow with the logarithm.
    private func bucketed(_ distances: Tensor) -> Tensor {
        guard let buckets = settings.buckets else { return distances }
        let middle = buckets / 2
        let isNear = distances.lt(middle).logicalAnd(distances.gt(-middle))
        let size = distances.abs().maskedFill(isNear, middle - 1)
        let farthest = (Tensor([Float(settings.farthest - 1)]) / Double(middle)).log().to(device: distances.device)
        let grown = ((size / Double(middle)).log() / farthest * Double(middle - 1)).ceil() + middle
        let far = grown * distances.sign().to(.float32)
        return distances.to(.float32).where(size.le(middle), far).to(.int64)
    }
}
