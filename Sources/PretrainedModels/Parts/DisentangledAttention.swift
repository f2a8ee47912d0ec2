import Training

/// Self-attention whose scores add up what tokens say to tokens, tokens to distances and distances to tokens (DeBERTa, He
/// et al. 2021), without the projection of its result.
final class DisentangledAttention: SelfAttention {
    @Child var positionKey: Linear? = nil
    @Child var positionQuery: Linear? = nil
    private let settings: DisentangledSettings
    private let positionDropout: Dropout

    init(
        _ config: EncoderConfiguration, _ layout: EncoderLayout, _ settings: DisentangledSettings, initialize: Bool
    ) {
        self.settings = settings
        positionDropout = Dropout(config.hiddenDropoutProb)
        // The projections of the tokens are made first; only then may these draw.
        super.init(config, layout, initialize: initialize)
        let width = config.hiddenSize
        let projects = settings.isRelative && !settings.sharesProjections
        _positionKey = Child(
            layout.positionKey,
            projects && settings.contentToPosition ? Linear(width, width, initialize: initialize) : nil)
        _positionQuery = Child(
            layout.positionQuery,
            projects && settings.positionToContent ? Linear(width, width, initialize: initialize) : nil)
    }

    override func callAsFunction(_ hidden: Tensor, _ context: AttentionContext) -> Tensor {
        let (rows, length) = (hidden.size(0), hidden.size(1))
        let (q, k, v) = (split(query(hidden)), split(key(hidden)), split(value(hidden)))
        // In float32, as Python computes it.
        let scale = Double((Float(size) * Float(settings.terms)).squareRoot())
        var scores = q.matmul(k.transpose(2, 3) / scale)
        if let distances = context.distances, let bias = bias(q, k, distances, scale) { scores = scores + bias }
        if let mask = context.mask {
            scores = scores.maskedFill(mask.logicalNot(), AttentionMask.lowest(scores.dtype))
        }
        let weights = scores.softmax(dim: -1)
        let dropped = training && dropout > 0 ? weights.dropout(p: dropout, train: true) : weights
        return dropped.matmul(v).transpose(1, 2).reshape(rows, length, heads * size)
    }

    /// What distances add to the scores `[N, heads, L, L]`; nil: nothing.
    private func bias(_ q: Tensor, _ k: Tensor, _ distances: DisentangledDistances.Values, _ scale: Double) -> Tensor? {
        let vectors = positionDropout(distances.embeddings).unsqueeze(0)
        let shape = [q.size(0), heads, q.size(2), q.size(2)]
        var bias: Tensor?
        if settings.contentToPosition {
            let keys = split((positionKey ?? key)(vectors))
            let all = q.matmul(keys.transpose(2, 3))
            bias = all.gather(dim: -1, index: distances.ahead.expand(shape)) / scale
        }
        if settings.positionToContent {
            let queries = split((positionQuery ?? query)(vectors))
            let all = k.matmul(queries.transpose(2, 3))
            let part = all.gather(dim: -1, index: distances.behind.expand(shape)).transpose(2, 3) / scale
            bias = bias.map { $0 + part } ?? part
        }
        return bias
    }
}
