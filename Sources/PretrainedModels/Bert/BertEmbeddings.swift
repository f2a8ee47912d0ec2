public import Training

/// Word, position and segment embeddings, summed and normalised.
public final class BertEmbeddings: Module {
    @Child public var wordEmbeddings: Embedding
    @Child public var positionEmbeddings: Embedding
    @Child public var tokenTypeEmbeddings: Embedding
    @Child public var layerNorm: LayerNorm
    let dropout: Dropout

    init(_ config: BertConfiguration, initialize: Bool) {
        wordEmbeddings = Embedding(
            config.vocabSize, config.hiddenSize, paddingIdx: config.padTokenId, initialize: initialize)
        positionEmbeddings = Embedding(config.maxPositionEmbeddings, config.hiddenSize, initialize: initialize)
        tokenTypeEmbeddings = Embedding(config.typeVocabSize, config.hiddenSize, initialize: initialize)
        _layerNorm = Child("LayerNorm", LayerNorm([config.hiddenSize], eps: config.layerNormEps))
        dropout = Dropout(config.hiddenDropoutProb)
    }

    /// `[N, L]` token ids (and segments, zeros where nil) → `[N, L, hidden]`
    func callAsFunction(_ ids: Tensor, tokenTypeIds: Tensor?) -> Tensor {
        let positions = Tensor.arange(ids.size(1), device: ids.device).unsqueeze(0)
        let types = tokenTypeIds ?? ids.zerosLike()
        let sum = wordEmbeddings(ids) + tokenTypeEmbeddings(types) + positionEmbeddings(positions)
        return dropout(layerNorm(sum))
    }
}
