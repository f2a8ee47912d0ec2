import Foundation
import Training

/// What attention knows of the distances between tokens, one for all layers.
public enum TokenDistances: Sendable, Hashable {
    /// A number for each head and bucket of distances, added to the scores (MPNet).
    case bias(buckets: Int)
    /// Vectors of distances that meet those of the tokens (DeBERTa).
    case disentangled(DisentangledSettings)

    /// What holds the weights.
    func module(_ config: EncoderConfiguration, initialize: Bool) -> DistanceModule {
        switch self {
        case .bias(let buckets):
            DistanceBias(buckets: buckets, heads: config.numAttentionHeads, initialize: initialize)
        case .disentangled(let settings): DisentangledDistances(config, settings, initialize: initialize)
        }
    }
}

/// Holds the weights of ``TokenDistances``.
class DistanceModule: Module {
    /// - Parameters:
    ///   - mask: Of the padding, as ``AttentionMask`` gives it.
    ///   - attentionMask: `[N, L]`, 1 for tokens and 0 for padding; nil: all are tokens.
    ///   - length: Length of the rows.
    func context(_ mask: Tensor?, _ attentionMask: Tensor?, length: Int) -> AttentionContext {
        preconditionFailure("a DistanceModule subclass must override context")
    }

    /// How far each token is behind each, `[L, L]`, int64: row less column.
    static func distances(_ length: Int, _ device: Device) -> Tensor {
        let places = Tensor.arange(length, device: device)
        return places.unsqueeze(1) - places.unsqueeze(0)
    }
}

/// A number for each head and bucket of distances (Raffel et al. 2020): near distances have a bucket each, farther ones share
/// buckets that grow with the logarithm.
final class DistanceBias: DistanceModule {
    @Child var table: Embedding
    /// Buckets that are used, half of them for tokens behind and half for tokens ahead; fixed in Python, whatever the
    /// table's size.
    static let used = 32
    private static let farthest = 128.0

    init(buckets: Int, heads: Int, initialize: Bool) {
        _table = Child("relative_attention_bias", Embedding(buckets, heads, initialize: initialize))
    }

    override func context(_ mask: Tensor?, _ attentionMask: Tensor?, length: Int) -> AttentionContext {
        let bias = table(Self.buckets(length, table.weight.device)).permute([2, 0, 1]).unsqueeze(0)
        return AttentionContext(mask: mask.map { bias + $0 } ?? bias)
    }

    private static func buckets(_ length: Int, _ device: Device) -> Tensor {
        let distances = distances(length, device)
        let half = used / 2
        let exact = half / 2
        let size = distances.abs()
        // 1 for 0, whose logarithm is not used.
        let scaled = size.clamp(min: 1).to(.float32) / Double(exact)
        let grown = scaled.log() / log(farthest / Double(exact)) * Double(half - exact)
        let far = (grown.to(.int64) + exact).clamp(max: .int(half - 1))
        return distances.lt(0).to(.int64) * half + size.where(size.lt(exact), far)
    }
}
