public import Training

/// A layer of ModernBERT: each part normalises its input and adds to it.
public final class ModernBertLayer: Module {
    /// nil in the first layer, whose input is normalised already.
    @Child public var attnNorm: LayerNorm?
    @Child public var attn: ModernBertAttention
    @Child public var mlpNorm: LayerNorm
    @Child public var mlp: ModernBertMLP
    let kind: ModernBertConfiguration.LayerKind

    init(_ config: ModernBertConfiguration, index: Int, initialize: Bool) {
        attnNorm = index == 0 ? nil : config.norm()
        attn = ModernBertAttention(config, initialize: initialize)
        mlpNorm = config.norm()
        mlp = ModernBertMLP(config, initialize: initialize)
        kind = config.layers[index]
    }

    /// `[N, L, hidden]` → the same.
    ///
    /// - Parameters:
    ///   - hidden: The input.
    ///   - mask: As ``AttentionMask`` gives it, of the layer's kind.
    ///   - positions: Of the layer's kind.
    func callAsFunction(_ hidden: Tensor, mask: Tensor?, positions: RotaryAngles) -> Tensor {
        let attended = hidden + attn(attnNorm.map { $0(hidden) } ?? hidden, mask: mask, positions: positions)
        return attended + mlp(mlpNorm(attended))
    }
}

/// Self-attention over rotated queries and keys (Su et al. 2021).
public final class ModernBertAttention: Module {
    /// Queries, keys and values at once.
    @Child public var inputs: Linear
    @Child public var output: Linear
    private let config: ModernBertConfiguration
    private let dropout: Dropout

    init(_ config: ModernBertConfiguration, initialize: Bool) {
        self.config = config
        let width = config.hiddenSize
        _inputs = Child("Wqkv", Linear(width, 3 * width, bias: config.attentionBias, initialize: initialize))
        _output = Child("Wo", Linear(width, width, bias: config.attentionBias, initialize: initialize))
        dropout = Dropout(config.attentionDropout)
    }

    func callAsFunction(_ hidden: Tensor, mask: Tensor?, positions: RotaryAngles) -> Tensor {
        let (rows, length) = (hidden.size(0), hidden.size(1))
        let parts = inputs(hidden).view(rows, length, 3, config.numAttentionHeads, config.headSize).unbind(dim: 2)
            .map { $0.transpose(1, 2) }
        guard parts.count == 3 else { return hidden }
        let (q, k, v) = (positions.rotate(parts[0]), positions.rotate(parts[1]), parts[2])
        let p = training ? config.attentionDropout : 0
        let attended =
            switch config.attentionImplementation {
            case .sdpa: q.scaledDotProductAttention(k, v, attnMask: mask, dropoutP: p)
            case .eager: eager(q, k, v, mask, p)
            }
        return dropout(output(attended.transpose(1, 2).reshape(rows, length, config.hiddenSize)))
    }

    private func eager(_ q: Tensor, _ k: Tensor, _ v: Tensor, _ mask: Tensor?, _ p: Double) -> Tensor {
        var scores = q.matmul(k.transpose(2, 3)) * (1 / Double(config.headSize).squareRoot())
        if let mask { scores = scores + mask }
        let weights = scores.softmax(dim: -1, dtype: .float32).to(q.dtype)
        return (p > 0 ? weights.dropout(p: p, train: true) : weights).matmul(v)
    }
}

/// A feed-forward part half of whose width is a gate for the other (Shazeer 2020).
public final class ModernBertMLP: Module {
    /// Values and gate at once.
    @Child public var inputs: Linear
    @Child public var output: Linear
    private let activation: Activation
    private let dropout: Dropout

    init(_ config: ModernBertConfiguration, initialize: Bool) {
        let (width, inner, bias) = (config.hiddenSize, config.intermediateSize, config.mlpBias)
        _inputs = Child("Wi", Linear(width, 2 * inner, bias: bias, initialize: initialize))
        _output = Child("Wo", Linear(inner, width, bias: bias, initialize: initialize))
        activation = config.hiddenActivation
        dropout = Dropout(config.mlpDropout)
    }

    func callAsFunction(_ hidden: Tensor) -> Tensor {
        let parts = inputs(hidden).chunk(2, dim: -1)
        guard parts.count == 2 else { return hidden }
        return output(dropout(activation(parts[0]) * parts[1]))
    }
}

extension ModernBertConfiguration {
    func norm() -> LayerNorm { LayerNorm([hiddenSize], eps: normEps, bias: normBias) }
}

/// Rotations that tell queries and keys where they stand.
struct RotaryAngles {
    /// `[1, 1, L, size]`
    let cosine: Tensor
    let sine: Tensor

    /// - Parameters:
    ///   - length: Length of the rows.
    ///   - size: Width of an attention head.
    ///   - theta: Base of the wave lengths.
    ///   - device: Where it is computed.
    init(length: Int, size: Int, theta: Double, device: Device) {
        let exponents = Tensor.arange(start: 0, end: size, step: 2, dtype: .float32, device: device) / Double(size)
        let frequencies = 1 / Tensor.pow(theta, exponents)
        let places = Tensor.arange(length, dtype: .float32, device: device).unsqueeze(1)
        let angles = places * frequencies.unsqueeze(0)
        let both = Tensor.cat([angles, angles], dim: -1).unsqueeze(0).unsqueeze(0)
        cosine = both.cos()
        sine = both.sin()
    }

    /// `[N, heads, L, size]` → the same, rotated, in float32 inside.
    func rotate(_ x: Tensor) -> Tensor {
        let wide = x.to(.float32)
        let halves = wide.chunk(2, dim: -1)
        guard halves.count == 2 else { return x }
        return (wide * cosine + Tensor.cat([-halves[1], halves[0]], dim: -1) * sine).to(x.dtype)
    }
}
