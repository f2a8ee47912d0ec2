/// Normalisation by the root mean square over the last dimension (Zhang and Sennrich 2019), as Llama's: computed in
/// float32, then converted back and scaled.
public final class RMSNorm: Module {
    /// `[size]`, ones at first.
    @Parameter public var weight: Tensor
    public let eps: Double

    /// - Parameters:
    ///   - size: Size of the last dimension of inputs.
    ///   - eps: Added to the mean square.
    public init(_ size: Int, eps: Double = 1e-6) {
        self.eps = eps
        weight = Tensor.ones([size])
    }

    /// `[*, size]` → the same
    public func callAsFunction(_ input: Tensor) -> Tensor {
        let wide = input.to(.float32)
        let meanSquare = wide.pow(2).mean(dim: [-1], keepdim: true)
        return weight * (wide * (meanSquare + eps).rsqrt()).to(input.dtype)
    }
}
