import Foundation

/// Fills tensors in place as PyTorch's `torch.nn.init` does, with the same random numbers.
public enum Init {
    /// Normal numbers.
    @discardableResult
    public static func normal_(_ tensor: Tensor, mean: Double = 0, std: Double = 1) -> Tensor {
        noGrad { tensor.normal_(mean: mean, std: std) }
    }

    /// Uniform numbers in [a, b).
    @discardableResult
    public static func uniform_(_ tensor: Tensor, _ a: Double = 0, _ b: Double = 1) -> Tensor {
        noGrad { tensor.uniform_(from: a, to: b) }
    }

    /// One value.
    @discardableResult
    public static func constant_(_ tensor: Tensor, _ value: Double) -> Tensor {
        noGrad { tensor.fill_(value) }
    }

    @discardableResult
    public static func zeros_(_ tensor: Tensor) -> Tensor { constant_(tensor, 0) }

    @discardableResult
    public static func ones_(_ tensor: Tensor) -> Tensor { constant_(tensor, 1) }

    /// Uniform numbers with Glorot and Bengio's (2010) bound.
    @discardableResult
    public static func xavierUniform_(_ tensor: Tensor, gain: Double = 1) -> Tensor {
        let (fanIn, fanOut) = fans(tensor)
        let bound = 3.0.squareRoot() * (gain * (2 / Double(fanIn + fanOut)).squareRoot())
        return uniform_(tensor, -bound, bound)
    }

    /// Normal numbers with Glorot and Bengio's (2010) standard deviation.
    @discardableResult
    public static func xavierNormal_(_ tensor: Tensor, gain: Double = 1) -> Tensor {
        let (fanIn, fanOut) = fans(tensor)
        return normal_(tensor, std: gain * (2 / Double(fanIn + fanOut)).squareRoot())
    }

    /// Uniform numbers with He et al.'s (2015) bound for a leaky ReLU of slope `a`; PyTorch's default for linear layers
    /// with `a` = √5.
    @discardableResult
    public static func kaimingUniform_(_ tensor: Tensor, a: Double = 0) -> Tensor {
        let (fanIn, _) = fans(tensor)
        guard fanIn > 0 else { return tensor }
        let gain = (2 / (1 + a * a)).squareRoot()
        let bound = 3.0.squareRoot() * (gain / Double(fanIn).squareRoot())
        return uniform_(tensor, -bound, bound)
    }

    /// Inputs and outputs of a weight `[out, in, …]`.
    static func fans(_ tensor: Tensor) -> (fanIn: Int, fanOut: Int) {
        let shape = tensor.shape
        guard shape.count >= 2 else {
            recordFailure("init", "fan in and fan out need a tensor of at least 2 dimensions")
            return (0, 0)
        }
        let field = shape.dropFirst(2).reduce(1, *)
        return (shape[1] * field, shape[0] * field)
    }
}
