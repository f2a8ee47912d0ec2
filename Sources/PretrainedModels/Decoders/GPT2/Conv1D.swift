public import Training

/// `x @ weight + bias`: a linear layer whose weight lies the other way round, as GPT-2's files hold it.
public final class Conv1D: Module, AdaptableLayer {
    /// `[inFeatures, outFeatures]`
    @Parameter public var weight: Tensor
    /// `[outFeatures]`
    @Parameter public var bias: Tensor

    /// What is learned beside the weight; nil: nothing.
    @Child("") public var adapter: LowRankAdapter? = nil {
        didSet { forgetMembers() }
    }

    public let inFeatures: Int
    public let outFeatures: Int
    public var isTransposed: Bool { true }

    /// - Parameters:
    ///   - inFeatures: Size of the last dimension of inputs.
    ///   - outFeatures: Size of the last dimension of outputs.
    ///   - initialize: Whether Python's constructor's values are drawn.
    public init(_ inFeatures: Int, _ outFeatures: Int, initialize: Bool = true) {
        self.inFeatures = inFeatures
        self.outFeatures = outFeatures
        weight = ParameterBudget.zeros([inFeatures, outFeatures])
        bias = ParameterBudget.zeros([outFeatures])
        super.init()
        if initialize { Init.normal_(weight, std: 0.02) }
    }

    /// `[*, inFeatures]` → `[*, outFeatures]`
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let flat = bias.addmm(x.reshape(-1, x.size(-1)), weight)
        let own = flat.view(Array(x.shape.dropLast()) + [outFeatures])
        return adapter.map { $0.added(to: own, x) } ?? own
    }
}
