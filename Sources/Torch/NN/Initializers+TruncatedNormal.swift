import Foundation

extension Init {
    /// Normal numbers, of which those outside [a, b] are drawn again.
    ///
    /// - Parameters:
    ///   - tensor: What is filled.
    ///   - mean: Of the normal distribution, before the bounds cut it.
    ///   - std: Likewise.
    ///   - a: The lower bound.
    ///   - b: The upper bound.
    @discardableResult
    public static func truncNormal_(
        _ tensor: Tensor, mean: Double = 0, std: Double = 1, a: Double = -2, b: Double = 2
    ) -> Tensor {
        func below(_ x: Double) -> Double { (1 + erf((x - mean) / std / 2.0.squareRoot())) / 2 }
        return noGrad {
            let drawn =
                below(b) - below(a) > 0.3
                ? byNormal(tensor, mean, std, a, b) : byUniform(tensor, mean, std, a, b)
            return tensor.copy_(drawn)
        }
    }

    /// Where most normal numbers lie inside: all are drawn until the last does.
    private static func byNormal(_ tensor: Tensor, _ mean: Double, _ std: Double, _ a: Double, _ b: Double) -> Tensor {
        var result = tensor.normal_(mean: mean, std: std)
        // In the tensor's own precision, so that a value equal to a rounded bound is inside.
        let low = Tensor(a).to(tensor.dtype).item()
        let high = Tensor(b).to(tensor.dtype).item()
        while result.isDefined {
            let outside = result.lt(low).logicalOr(result.gt(high))
            guard outside.any().item() != 0 else { break }
            result = result.emptyLike().normal_(mean: mean, std: std).where(outside, result)
        }
        return result
    }

    /// Where few do: uniform numbers are accepted as often as the density at their place says.
    private static func byUniform(_ tensor: Tensor, _ mean: Double, _ std: Double, _ a: Double, _ b: Double) -> Tensor {
        let mode = max(a, min(mean, b))
        let peak = -0.5 * ((mode - mean) / std) * ((mode - mean) / std)
        func isRejected(_ candidates: Tensor) -> Tensor {
            let density = ((candidates - mean) / std).pow(2) * -0.5 - peak
            return candidates.emptyLike().uniform_().log().gt(density)
        }
        var result = tensor.uniform_(from: a, to: b)
        var pending = isRejected(result)
        while pending.isDefined, pending.any().item() != 0 {
            let candidates = result.emptyLike().uniform_(from: a, to: b)
            result = candidates.where(pending, result)
            pending = pending.logicalAnd(isRejected(candidates))
        }
        return result
    }
}
