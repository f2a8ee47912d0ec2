/// A table of vectors looked up by index, as PyTorch's `nn.Embedding`, with its initial values.
public final class Embedding: Module {
    /// `[numEmbeddings, embeddingDim]`
    @Parameter public var weight: Tensor
    /// The row that gets no gradient, and is zero at first; nil for none.
    public let paddingIdx: Int?

    public init(_ numEmbeddings: Int, _ embeddingDim: Int, paddingIdx: Int? = nil, initialize: Bool = true) {
        self.paddingIdx = paddingIdx
        weight = Tensor.zeros([numEmbeddings, embeddingDim])
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
    public func callAsFunction(_ indices: Tensor, sparseGradient: Bool = false) -> Tensor {
        weight.embedding(indices, paddingIdx: paddingIdx ?? -1, sparse: sparseGradient)
    }
}
