public import Training

/// `x @ weight + bias`: a linear layer whose weight lies the other way round, as GPT-2's files hold it.
public final class Conv1D: Module {
    /// `[inputs, outputs]`
    @Parameter public var weight: Tensor
    /// `[outputs]`
    @Parameter public var bias: Tensor
    private let outputs: Int

    /// - Parameters:
    ///   - inputs: Size of the last dimension of inputs.
    ///   - outputs: Size of the last dimension of outputs.
    ///   - initialize: Whether Python's constructor's values are drawn.
    public init(_ inputs: Int, _ outputs: Int, initialize: Bool = true) {
        self.outputs = outputs
        weight = Tensor.zeros([inputs, outputs])
        bias = Tensor.zeros([outputs])
        super.init()
        if initialize { Init.normal_(weight, std: 0.02) }
    }

    /// `[*, inputs]` → `[*, outputs]`
    public func callAsFunction(_ x: Tensor) -> Tensor {
        bias.addmm(x.reshape(-1, x.size(-1)), weight).view(Array(x.shape.dropLast()) + [outputs])
    }
}
