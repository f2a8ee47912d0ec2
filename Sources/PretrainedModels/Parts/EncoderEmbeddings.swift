public import Training

/// Word, position and segment embeddings, summed and normalised.
public final class EncoderEmbeddings: Module {
    @Child public var wordEmbeddings: Embedding
    @Child public var positionEmbeddings: Embedding
    /// nil where the family has no segments.
    @Child public var tokenTypeEmbeddings: Embedding?
    @Child public var layerNorm: LayerNorm
    let dropout: Dropout
    private let numbering: PositionNumbering
    private let order: [String]

    public override var memberOrder: [String] { order }

    init(_ config: EncoderConfiguration, order: [String] = [], initialize: Bool) {
        let width = config.embeddingSize
        wordEmbeddings = Embedding(config.vocabSize, width, paddingIdx: config.padTokenId, initialize: initialize)
        let padding: Int? = if case .afterPadding(let id) = config.positions { id } else { nil }
        positionEmbeddings = Embedding(
            config.maxPositionEmbeddings, width, paddingIdx: padding, initialize: initialize)
        tokenTypeEmbeddings =
            config.typeVocabSize > 0 ? Embedding(config.typeVocabSize, width, initialize: initialize) : nil
        _layerNorm = Child("LayerNorm", LayerNorm([width], eps: config.layerNormEps))
        dropout = Dropout(config.hiddenDropoutProb)
        numbering = config.positions
        self.order = order
    }

    /// `[N, L]` token ids (and segments, zeros where nil) → `[N, L, width]`
    func callAsFunction(_ ids: Tensor, tokenTypeIds: Tensor?) -> Tensor {
        dropout(layerNorm(sum(ids, tokenTypeIds ?? ids.zerosLike(), positionIds(ids))))
    }

    /// The three embeddings of each token, in Python's order of addition.
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
        let words = wordEmbeddings(ids, sparseGradient: sparseGradient, sequenceLength: sequenceLength)
        guard let tokenTypeEmbeddings else { return words + positionEmbeddings(positions) }
        return words + tokenTypeEmbeddings(types) + positionEmbeddings(positions)
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
