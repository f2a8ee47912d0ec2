public import Training

/// What attention knows beside the hidden states.
struct AttentionContext {
    /// As ``AttentionMask`` gives it, or with the bias of the tokens' distances added.
    var mask: Tensor?
    /// For ``DisentangledAttention``.
    var distances: DisentangledDistances.Values?
}

/// Multi-head self-attention (Vaswani et al. 2017), without the projection of its result.
public class SelfAttention: Module {
    @Child public var query: Linear
    @Child public var key: Linear
    @Child public var value: Linear
    let heads: Int
    let size: Int
    let dropout: Double
    let implementation: AttentionImplementation

    init(_ config: EncoderConfiguration, _ layout: EncoderLayout, initialize: Bool) {
        let width = config.hiddenSize
        _query = Child(layout.query, Linear(width, width, initialize: initialize))
        _key = Child(layout.key, Linear(width, width, initialize: initialize))
        _value = Child(layout.value, Linear(width, width, initialize: initialize))
        heads = config.numAttentionHeads
        size = config.headSize
        dropout = config.attentionProbsDropoutProb
        implementation = config.attentionImplementation
    }

    /// `[N, L, hidden]` → the same.
    func callAsFunction(_ hidden: Tensor, _ context: AttentionContext) -> Tensor {
        let (rows, length) = (hidden.size(0), hidden.size(1))
        let (q, k, v) = (split(query(hidden)), split(key(hidden)), split(value(hidden)))
        let p = training ? dropout : 0
        let attended =
            switch implementation {
            case .sdpa: q.scaledDotProductAttention(k, v, attnMask: context.mask, dropoutP: p)
            case .eager: eager(q, k, v, context.mask, p)
            }
        return attended.transpose(1, 2).reshape(rows, length, heads * size)
    }

    /// `[N, L, hidden]` → `[N, heads, L, size]`
    func split(_ x: Tensor) -> Tensor { x.view(x.size(0), x.size(1), heads, size).transpose(1, 2) }

    private func eager(_ q: Tensor, _ k: Tensor, _ v: Tensor, _ mask: Tensor?, _ p: Double) -> Tensor {
        var scores = q.matmul(k.transpose(2, 3)) * (1 / Double(size).squareRoot())
        if let mask { scores = scores + mask }
        let weights = scores.softmax(dim: -1)
        return (p > 0 ? weights.dropout(p: p, train: true) : weights).matmul(v)
    }
}
