/// A table of vectors looked up by index, as PyTorch's `nn.Embedding`, with its initial values.
public final class Embedding: Module {
    /// `[numEmbeddings, embeddingDim]`
    @Parameter public var weight: Tensor
    /// The row that gets no gradient, and is zero at first; nil for none.
    public let paddingIdx: Int?
    /// Strength of the noise on the output while training (NEFTune, Jain et al. 2023); nil: none. Python's
    /// `neftune_noise_alpha`.
    public var noiseAlpha: Double?

    public init(_ numEmbeddings: Int, _ embeddingDim: Int, paddingIdx: Int? = nil, initialize: Bool = true) {
        self.paddingIdx = paddingIdx
        weight = ParameterBudget.zeros([numEmbeddings, embeddingDim])
        super.init()
        if initialize { resetParameters() }
    }

    /// Draws PyTorch's initial values: normal of standard deviation 1, the padding row zero.
    public func resetParameters() {
        Init.normal_(weight)
        if let paddingIdx { noGrad { _ = weight.select(dim: 0, index: paddingIdx).zero_() } }
    }

    /// Indices `[*]`, `int64` or `int32` → `[*, embeddingDim]`
    ///
    /// - Parameters:
    ///   - indices: Rows of the table.
    ///   - sparseGradient: Gives the weight a gradient that holds the looked-up rows only, which ``AdamW`` and gradient
    ///     clipping understand: much cheaper for a large table on the CPU.
    ///   - sequenceLength: Length of the padded rows, on which the noise depends; nil: size 1 of `indices`.
    public func callAsFunction(
        _ indices: Tensor, sparseGradient: Bool = false, sequenceLength: Int? = nil
    ) -> Tensor {
        let vectors = weight.embedding(indices, paddingIdx: paddingIdx ?? -1, sparse: sparseGradient)
        guard training, let noiseAlpha else { return vectors }
        return vectors + noise(like: vectors, alpha: noiseAlpha, length: sequenceLength ?? indices.size(1))
    }

    /// Uniform between ±alpha/√(length · width), in one draw; the bound is rounded as in Python.
    private func noise(like vectors: Tensor, alpha: Double, length: Int) -> Tensor {
        let numbers = Tensor(length * weight.size(1))
        let bound = (alpha / numbers.sqrt()).item()
        return noGrad { vectors.zerosLike().uniform_(from: -bound, to: bound) }
    }
}
