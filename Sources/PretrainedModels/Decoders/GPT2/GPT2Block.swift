public import Training

/// One layer of GPT-2: attention and feed-forward part, each over normalised input and added to it.
public final class GPT2Block: Module {
    @Child public var norm1: LayerNorm
    @Child public var attn: GPT2Attention
    @Child public var norm2: LayerNorm
    @Child public var mlp: GPT2MLP

    init(_ config: GPT2Configuration, _ index: Int, initialize: Bool) {
        _norm1 = Child("ln_1", LayerNorm([config.hiddenSize], eps: config.layerNormEps))
        attn = GPT2Attention(config, index, initialize: initialize)
        _norm2 = Child("ln_2", LayerNorm([config.hiddenSize], eps: config.layerNormEps))
        mlp = GPT2MLP(config, initialize: initialize)
    }

    /// `[N, L, hidden]` → the same
    func callAsFunction(_ input: Tensor, _ pass: DecoderPass) -> Tensor {
        let attended = attn(norm1(input), pass) + input
        return attended + mlp(norm2(attended))
    }
}

/// GPT-2's attention: one projection to queries, keys and values.
public final class GPT2Attention: Module {
    @Child public var cAttn: Conv1D
    @Child public var cProj: Conv1D
    private let index: Int
    private let heads: Int
    private let attention: CausalAttention
    private let dropout: Dropout

    init(_ config: GPT2Configuration, _ index: Int, initialize: Bool) {
        let width = config.hiddenSize
        self.index = index
        heads = config.numAttentionHeads
        cAttn = Conv1D(width, 3 * width, initialize: initialize)
        cProj = Conv1D(width, width, initialize: initialize)
        var scale = config.scaleAttnWeights ? 1 / Double(width / heads).squareRoot() : 1
        if config.scaleAttnByInverseLayerIdx { scale /= Double(index + 1) }
        attention = CausalAttention(
            heads: heads, keyValueHeads: heads, scale: scale, dropout: config.attentionDropout,
            implementation: config.attentionImplementation)
        dropout = Dropout(config.residualDropout)
    }

    func callAsFunction(_ hidden: Tensor, _ pass: DecoderPass) -> Tensor {
        let parts = cAttn(hidden).chunk(3, dim: 2).map {
            $0.view($0.size(0), $0.size(1), heads, -1).transpose(1, 2)
        }
        var (key, value) = (parts[1], parts[2])
        if let cache = pass.cache { (key, value) = cache.update(index, keys: key, values: value) }
        return dropout(cProj(attention(parts[0], key, value, pass.mask(nil), training: training)))
    }
}

/// GPT-2's feed-forward part.
public final class GPT2MLP: Module {
    @Child public var cFc: Conv1D
    @Child public var cProj: Conv1D
    private let activation: Activation
    private let dropout: Dropout

    init(_ config: GPT2Configuration, initialize: Bool) {
        cFc = Conv1D(config.hiddenSize, config.intermediateSize, initialize: initialize)
        cProj = Conv1D(config.intermediateSize, config.hiddenSize, initialize: initialize)
        activation = config.activation
        dropout = Dropout(config.residualDropout)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { dropout(cProj(activation(cFc(x)))) }
}
