public import Training

/// One layer of Llama's kind: attention and feed-forward part, each over normalised input and added to it.
public final class DecoderLayer: Module {
    @Child public var selfAttn: RotaryAttention
    @Child public var mlp: GatedMLP
    @Child public var inputLayernorm: RMSNorm
    @Child public var postAttentionLayernorm: RMSNorm
    /// How many tokens a token sees; nil: all before it.
    let window: Int?

    init(_ config: DecoderConfiguration, _ index: Int, initialize: Bool) {
        selfAttn = RotaryAttention(config, index, initialize: initialize)
        mlp = GatedMLP(config, initialize: initialize)
        inputLayernorm = RMSNorm(config.hiddenSize, eps: config.rmsNormEps)
        postAttentionLayernorm = RMSNorm(config.hiddenSize, eps: config.rmsNormEps)
        window = config.windows[index]
    }

    /// `[N, L, hidden]` → the same
    func callAsFunction(_ input: Tensor, _ rotation: Rotation, _ pass: DecoderPass) -> Tensor {
        let attended = input + selfAttn(inputLayernorm(input), rotation, pass.mask(window), pass.cache)
        return attended + mlp(postAttentionLayernorm(attended))
    }
}

/// Attention with rotated queries and keys.
public final class RotaryAttention: Module {
    @Child public var qProj: Linear
    @Child public var kProj: Linear
    @Child public var vProj: Linear
    @Child public var oProj: Linear
    /// Normalisation of each head's queries and keys; nil where the family has none.
    @Child public var qNorm: RMSNorm?
    @Child public var kNorm: RMSNorm?
    private let index: Int
    private let size: Int
    private let attention: CausalAttention

    init(_ config: DecoderConfiguration, _ index: Int, initialize: Bool) {
        self.index = index
        size = config.headDim
        let (width, bias) = (config.hiddenSize, config.attentionBias)
        let (queries, keys) = (config.numAttentionHeads * size, config.numKeyValueHeads * size)
        qProj = Linear(width, queries, bias: bias, initialize: initialize)
        kProj = Linear(width, keys, bias: bias, initialize: initialize)
        vProj = Linear(width, keys, bias: bias, initialize: initialize)
        oProj = Linear(queries, width, bias: config.attentionOutputBias, initialize: initialize)
        qNorm = config.normalizesHeads ? RMSNorm(size, eps: config.rmsNormEps) : nil
        kNorm = config.normalizesHeads ? RMSNorm(size, eps: config.rmsNormEps) : nil
        attention = CausalAttention(
            heads: config.numAttentionHeads, keyValueHeads: config.numKeyValueHeads,
            scale: 1 / Double(size).squareRoot(), dropout: config.attentionDropout,
            implementation: config.attentionImplementation)
    }

    func callAsFunction(_ hidden: Tensor, _ rotation: Rotation, _ mask: CausalMask, _ cache: KeyValueCache?) -> Tensor {
        let query = rotation(heads(qProj(hidden), qNorm))
        var key = rotation(heads(kProj(hidden), kNorm))
        var value = heads(vProj(hidden), nil)
        if let cache { (key, value) = cache.update(index, keys: key, values: value) }
        return oProj(attention(query, key, value, mask, training: training))
    }

    /// `[N, L, heads · size]` → `[N, heads, L, size]`
    private func heads(_ x: Tensor, _ norm: RMSNorm?) -> Tensor {
        let split = x.view(x.size(0), x.size(1), -1, size)
        return (norm.map { $0(split) } ?? split).transpose(1, 2)
    }
}

/// The feed-forward part with a gate (Shazeer 2020).
public final class GatedMLP: Module {
    @Child public var gateProj: Linear
    @Child public var upProj: Linear
    @Child public var downProj: Linear
    private let activation: Activation

    init(_ config: DecoderConfiguration, initialize: Bool) {
        let (width, inner, bias) = (config.hiddenSize, config.intermediateSize, config.mlpBias)
        gateProj = Linear(width, inner, bias: bias, initialize: initialize)
        upProj = Linear(width, inner, bias: bias, initialize: initialize)
        downProj = Linear(inner, width, bias: bias, initialize: initialize)
        activation = config.hiddenAct
    }

    func callAsFunction(_ x: Tensor) -> Tensor { downProj(activation(gateProj(x)) * upProj(x)) }
}
