/// Layer normalisation over the last dimensions, as PyTorch's `nn.LayerNorm` (Ba et al. 2016).
public final class LayerNorm: Module {
    @Parameter public var weight: Tensor
    @Parameter public var bias: Tensor?
    public let normalizedShape: [Int]
    public let eps: Double

    public init(_ normalizedShape: [Int], eps: Double = 1e-5, bias: Bool = true) {
        self.normalizedShape = normalizedShape
        self.eps = eps
        weight = ParameterBudget.ones(normalizedShape)
        self.bias = bias ? ParameterBudget.zeros(normalizedShape) : nil
    }

    public func callAsFunction(_ input: Tensor) -> Tensor {
        input.layerNorm(normalizedShape, weight: weight, bias: bias, eps: eps)
    }
}
