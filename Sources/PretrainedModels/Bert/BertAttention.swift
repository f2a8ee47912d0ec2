public import Training

/// Multi-head self-attention (Vaswani et al. 2017).
public final class BertSelfAttention: Module {
    @Child public var query: Linear
    @Child public var key: Linear
    @Child public var value: Linear
    private let heads: Int
    private let size: Int
    private let dropout: Double
    private let implementation: BertConfiguration.AttentionImplementation

    init(_ config: BertConfiguration, initialize: Bool) {
        query = Linear(config.hiddenSize, config.hiddenSize, initialize: initialize)
        key = Linear(config.hiddenSize, config.hiddenSize, initialize: initialize)
        value = Linear(config.hiddenSize, config.hiddenSize, initialize: initialize)
        heads = config.numAttentionHeads
        size = config.hiddenSize / heads
        dropout = config.attentionProbsDropoutProb
        implementation = config.attentionImplementation
    }

    /// `[N, L, hidden]` → the same; `mask` as ``AttentionMask`` gives it.
    func callAsFunction(_ hidden: Tensor, mask: Tensor?) -> Tensor {
        let (rows, length) = (hidden.size(0), hidden.size(1))
        func split(_ x: Tensor) -> Tensor { x.view(rows, length, heads, size).transpose(1, 2) }
        let (q, k, v) = (split(query(hidden)), split(key(hidden)), split(value(hidden)))
        let p = training ? dropout : 0
        let context =
            switch implementation {
            case .sdpa: q.scaledDotProductAttention(k, v, attnMask: mask, dropoutP: p)
            case .eager: eager(q, k, v, mask, p)
            }
        return context.transpose(1, 2).reshape(rows, length, heads * size)
    }

    private func eager(_ q: Tensor, _ k: Tensor, _ v: Tensor, _ mask: Tensor?, _ p: Double) -> Tensor {
        var scores = q.matmul(k.transpose(2, 3)) * (1 / Double(size).squareRoot())
        if let mask { scores = scores + mask }
        let weights = scores.softmax(dim: -1)
        return (p > 0 ? weights.dropout(p: p, train: true) : weights).matmul(v)
    }
}

/// Projection, dropout, residual and normalisation after attention, and after the feed-forward part.
public final class BertOutput: Module {
    @Child public var dense: Linear
    @Child public var layerNorm: LayerNorm
    let dropout: Dropout

    init(inputSize: Int, _ config: BertConfiguration, initialize: Bool) {
        dense = Linear(inputSize, config.hiddenSize, initialize: initialize)
        _layerNorm = Child("LayerNorm", LayerNorm([config.hiddenSize], eps: config.layerNormEps))
        dropout = Dropout(config.hiddenDropoutProb)
    }

    func callAsFunction(_ hidden: Tensor, residual: Tensor) -> Tensor {
        layerNorm(dropout(dense(hidden)) + residual)
    }
}

/// Self-attention with its output part.
public final class BertAttention: Module {
    @Child public var selfAttention: BertSelfAttention
    @Child public var output: BertOutput

    init(_ config: BertConfiguration, initialize: Bool) {
        _selfAttention = Child("self", BertSelfAttention(config, initialize: initialize))
        output = BertOutput(inputSize: config.hiddenSize, config, initialize: initialize)
    }

    func callAsFunction(_ hidden: Tensor, mask: Tensor?) -> Tensor {
        output(selfAttention(hidden, mask: mask), residual: hidden)
    }
}

/// Masks of padded batches in the forms that attention takes.
enum AttentionMask {
    /// - Parameter mask: `[N, L]`, 1 for tokens and 0 for padding; nil for none.
    /// - Returns: `[N, 1, 1, L]`, nil where nothing is padded: truth values for `sdpa`, for `eager` numbers to add. Asks
    ///   the device whether all are 1, as Python does.
    static func expanded(
        _ mask: Tensor?, implementation: BertConfiguration.AttentionImplementation, dtype: DType
    ) -> Tensor? {
        guard let mask else { return nil }
        let keep = mask.to(.bool)
        switch implementation {
        case .sdpa:
            guard keep.isDefined, keep.all().item() == 0 else { return nil }
            let wide = keep.unsqueeze(1).unsqueeze(1)
            return wide.expand([mask.size(0), 1, mask.size(1), mask.size(1)])
        case .eager:
            let lowest = dtype == .float64 ? -Double.greatestFiniteMagnitude : -Double(Float.greatestFiniteMagnitude)
            let blocked = keep.logicalNot().unsqueeze(1).unsqueeze(1)
            return Tensor.zeros(blocked.shape, dtype: dtype, device: mask.device).maskedFill(blocked, lowest)
        }
    }
}
