/// 2-d convolution over `[N, inChannels, height, width]`, as PyTorch's `nn.Conv2d`, with its initial values.
public final class Conv2d: Module {
    /// `[outChannels, inChannels / groups, height, width]` of the kernel.
    @Parameter public var weight: Tensor
    /// `[outChannels]`
    @Parameter public var bias: Tensor?
    public let stride: [Int]
    public let padding: [Int]
    public let dilation: [Int]
    public let groups: Int

    /// - Parameters:
    ///   - inChannels: Channels of inputs.
    ///   - outChannels: Channels of outputs.
    ///   - kernelSize: Height and width of the kernel; one number for a square.
    ///   - stride: Steps between two places of the kernel.
    ///   - padding: Zeros put around inputs.
    ///   - dilation: Distance of the kernel's points.
    ///   - groups: Parts of the channels that are convolved apart.
    ///   - bias: Whether a bias is added and trained.
    ///   - initialize: Whether PyTorch's random initial values are drawn; without, the tensors are zeros.
    /// - Precondition: The lists hold one or two numbers, and `groups` divides both numbers of channels.
    public init(
        _ inChannels: Int, _ outChannels: Int, kernelSize: [Int], stride: [Int] = [1], padding: [Int] = [0],
        dilation: [Int] = [1], groups: Int = 1, bias: Bool = true, initialize: Bool = true
    ) {
        precondition(
            [kernelSize, stride, padding, dilation].allSatisfy { (1...2).contains($0.count) },
            "Conv2d: sizes are one or two numbers")
        precondition(
            groups > 0 && inChannels % groups == 0 && outChannels % groups == 0,
            "Conv2d: groups must divide both numbers of channels")
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
        let kernel = [kernelSize[0], kernelSize[kernelSize.count - 1]]
        weight = Tensor.zeros([outChannels, inChannels / groups] + kernel)
        self.bias = bias ? Tensor.zeros([outChannels]) : nil
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

    /// `[N, inChannels, height, width]` → `[N, outChannels, …]`
    public func callAsFunction(_ input: Tensor) -> Tensor {
        input.conv2d(
            weight: weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
    }
}
