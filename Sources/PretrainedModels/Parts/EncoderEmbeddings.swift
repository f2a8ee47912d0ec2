public import Training

/// Word, position and segment embeddings, summed and normalised.
public final class EncoderEmbeddings: Module {
    @Child public var wordEmbeddings: Embedding
    /// nil where distances alone say where a token is.
    @Child public var positionEmbeddings: Embedding?
    /// nil where the family has no segments.
    @Child public var tokenTypeEmbeddings: Embedding?
    /// To the layers' width, before the normalisation; nil where there is none here.
    @Child public var projection: Linear?
    @Child public var layerNorm: LayerNorm
    let dropout: Dropout
    private let numbering: PositionNumbering
    private let masksPadding: Bool
    private let order: [String]

    public override var memberOrder: [String] { order }

    init(_ config: EncoderConfiguration, _ layout: EncoderLayout, initialize: Bool) {
        let width = config.embeddingSize
        wordEmbeddings = Embedding(config.vocabSize, width, paddingIdx: config.padTokenId, initialize: initialize)
        let padding: Int? = if case .afterPadding(let id) = config.positions { id } else { nil }
        positionEmbeddings =
            config.hasPositionEmbeddings
            ? Embedding(config.maxPositionEmbeddings, width, paddingIdx: padding, initialize: initialize) : nil
        tokenTypeEmbeddings =
            config.typeVocabSize > 0 ? Embedding(config.typeVocabSize, width, initialize: initialize) : nil
        let key = layout.innerProjection
        let projects = key != nil && width != config.hiddenSize
        _projection = Child(
            key ?? "", projects ? Linear(width, config.hiddenSize, bias: false, initialize: initialize) : nil)
        _layerNorm = Child(
            "LayerNorm", LayerNorm([projects ? config.hiddenSize : width], eps: config.layerNormEps))
        dropout = Dropout(config.hiddenDropoutProb)
        numbering = config.positions
        masksPadding = config.masksPaddedEmbeddings
        order = layout.embeddingOrder
    }

    /// `[N, L]` token ids (and segments, zeros where nil) → `[N, L, width]`
    func callAsFunction(_ ids: Tensor, tokenTypeIds: Tensor?, attentionMask: Tensor?) -> Tensor {
        let sum = sum(ids, tokenTypeIds ?? ids.zerosLike(), positionIds(ids))
        var x = layerNorm(projection.map { $0(sum) } ?? sum)
        if masksPadding, let attentionMask { x = x * attentionMask.unsqueeze(2).to(x.dtype) }
        return dropout(x)
    }

    /// The three embeddings of each token, in BERT's order of addition.
    ///
    /// - Parameters:
    ///   - ids: Token ids of any shape.
    ///   - types: Segments.
    ///   - positions: Positions.
    ///   - sparseGradient: Whether the word table's gradient may hold the used rows alone.
    ///   - sequenceLength: Length of the padded rows; nil: size 1 of `ids`.
    func sum(
        _ ids: Tensor, _ types: Tensor, _ positions: Tensor, sparseGradient: Bool = false, sequenceLength: Int? = nil
    ) -> Tensor {
        var sum = wordEmbeddings(ids, sparseGradient: sparseGradient, sequenceLength: sequenceLength)
        if let tokenTypeEmbeddings { sum = sum + tokenTypeEmbeddings(types) }
        if let positionEmbeddings { sum = sum + positionEmbeddings(positions) }
        return sum
    }

    private func positionIds(_ ids: Tensor) -> Tensor {
        switch numbering {
        case .fromZero:
            return Tensor.arange(ids.size(1), device: ids.device).unsqueeze(0)
        case .afterPadding(let padding):
            let isToken = ids.ne(padding).to(.int64)
            return isToken.cumsum(dim: 1) * isToken + padding
        }
    }
}
