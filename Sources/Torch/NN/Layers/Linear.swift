internal import CTorch

/// `x @ weight.T + bias`, as PyTorch's `nn.Linear`, with its initial values.
public final class Linear: Module, AdaptableLayer {
    /// `[outFeatures, inFeatures]`
    @Parameter public var weight: Tensor
    /// `[outFeatures]`
    @Parameter public var bias: Tensor?

    /// What is learned beside the weight; nil: nothing.
    @Child("") public var adapter: LowRankAdapter? = nil {
        didSet { forgetMembers() }
    }

    public let inFeatures: Int
    public let outFeatures: Int
    public var isTransposed: Bool { false }

    /// - Parameters:
    ///   - inFeatures: Size of the last dimension of inputs.
    ///   - outFeatures: Size of the last dimension of outputs.
    ///   - bias: Whether a bias is added and trained.
    ///   - initialize: Whether PyTorch's random initial values are drawn; without, the tensors are zeros (for weights that
    ///     are loaded anyway: no random numbers are used up).
    public init(_ inFeatures: Int, _ outFeatures: Int, bias: Bool = true, initialize: Bool = true) {
        self.inFeatures = inFeatures
        self.outFeatures = outFeatures
        weight = Tensor.zeros([outFeatures, inFeatures])
        self.bias = bias ? Tensor.zeros([outFeatures]) : nil
        super.init()
        if initialize { resetParameters() }
    }

    /// Draws PyTorch's initial values: uniform within 1/√inFeatures.
    public func resetParameters() {
        Init.kaimingUniform_(weight, a: 5.0.squareRoot())
        if let bias {
            let bound = inFeatures > 0 ? 1 / Double(inFeatures).squareRoot() : 0
            Init.uniform_(bias, -bound, bound)
        }
    }

    /// `[*, inFeatures]` → `[*, outFeatures]`
    public func callAsFunction(_ input: Tensor) -> Tensor {
        let (weight, bias) = (weight, bias)
        var output: ct_tensor?
        check(ct_linear(input.handle, weight.handle, bias?.handle, &output))
        let own = Tensor(owning: output)
        return adapter.map { $0.added(to: own, input) } ?? own
    }
}
