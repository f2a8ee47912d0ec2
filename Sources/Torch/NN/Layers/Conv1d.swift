/// 1-d convolution over `[N, inChannels, length]`, as PyTorch's `nn.Conv1d`, with its initial values.
public final class Conv1d: Module {
    /// `[outChannels, inChannels / groups, length]` of the kernel.
    @Parameter public var weight: Tensor
    /// `[outChannels]`
    @Parameter public var bias: Tensor?
    public let padding: Int
    public let groups: Int

    /// - Parameters:
    ///   - inChannels: Channels of inputs.
    ///   - outChannels: Channels of outputs.
    ///   - kernelSize: Length of the kernel.
    ///   - padding: Zeros put at either end of inputs.
    ///   - groups: Parts of the channels that are convolved apart.
    ///   - bias: Whether a bias is added and trained.
    ///   - initialize: Whether PyTorch's random initial values are drawn; without, the tensors are zeros.
    /// - Precondition: `groups` divides both numbers of channels.
    public init(
        _ inChannels: Int, _ outChannels: Int, kernelSize: Int, padding: Int = 0, groups: Int = 1, bias: Bool = true,
        initialize: Bool = true
    ) {
        precondition(
            groups > 0 && inChannels % groups == 0 && outChannels % groups == 0,
            "Conv1d: groups must divide both numbers of channels")
        self.padding = padding
        self.groups = groups
        weight = ParameterBudget.zeros([outChannels, inChannels / groups, kernelSize])
        self.bias = bias ? ParameterBudget.zeros([outChannels]) : nil
        super.init()
        if initialize { resetParameters() }
    }

    /// Draws PyTorch's initial values: uniform within 1/√(inputs of one output).
    public func resetParameters() {
        Init.kaimingUniform_(weight, a: 5.0.squareRoot())
        guard let bias else { return }
        let (fanIn, _) = Init.fans(weight)
        let bound = fanIn > 0 ? 1 / Double(fanIn).squareRoot() : 0
        Init.uniform_(bias, -bound, bound)
    }

    /// `[N, inChannels, length]` → `[N, outChannels, …]`
    public func callAsFunction(_ input: Tensor) -> Tensor {
        input.conv1d(weight: weight, bias: bias, padding: [padding], groups: groups)
    }
}
