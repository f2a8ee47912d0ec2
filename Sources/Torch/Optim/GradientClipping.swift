internal import CTorch

/// The L2 norm of all gradients together, as a 0-d tensor; 0 where there are none.
public func gradientNorm(_ parameters: [Tensor]) -> Tensor {
    noGrad { norm(denseGradients(parameters)) }
}

/// Scales all gradients so that their common L2 norm is at most `maxNorm`, as PyTorch's
/// `torch.nn.utils.clip_grad_norm_`.
///
/// - Returns: The norm before, a 0-d tensor (not read from the device).
@discardableResult
public func clipGradNorm_(_ parameters: [Tensor], maxNorm: Double) -> Tensor {
    return noGrad {
        let grads = denseGradients(parameters)
        let total = norm(grads)
        guard !grads.isEmpty else { return total }
        let coefficient = (maxNorm / (total + 1e-6)).clamp(max: 1.0)
        // On the CPU the value is at hand: a coefficient of 1 changes nothing and needs no pass over the gradients.
        if coefficient.device.kind == .cpu, coefficient.isDefined, coefficient.item() == 1 { return total }
        Tensor.foreachMul_(grads, coefficient)
        return total
    }
}

/// The gradients, of sparse ones the stored rows, each row once: their norm is the whole gradient's, and scaling them
/// scales it.
private func denseGradients(_ parameters: [Tensor]) -> [Tensor] {
    parameters.compactMap { parameter in
        guard let grad = parameter.grad else { return nil }
        guard grad.isSparse else { return grad }
        let coalesced = grad.coalesce()
        parameter.grad = coalesced
        return coalesced.values()
    }
}

private func norm(_ grads: [Tensor]) -> Tensor {
    guard !grads.isEmpty else { return Tensor.zeros([]) }
    return noGrad { Tensor.stack(Tensor.foreachNorm(grads)).linalgVectorNorm() }
}

/// Clips the gradients of fixed parameters on the CPU in one pass, by kernels of ours; equal to ``clipGradNorm_(_:maxNorm:)``
/// within rounding.
public struct FusedGradientClipping {
    private let parameters: [Tensor]

    public init(_ parameters: [Tensor]) { self.parameters = parameters }

    /// Scales the gradients to a common L2 norm of at most `maxNorm` (0 or less: leaves them).
    ///
    /// - Returns: The norm before.
    public func clip(maxNorm: Double) -> Double {
        var dense: [ct_tensor] = []
        dense.reserveCapacity(parameters.count)
        var others: [Tensor] = []
        for parameter in parameters {
            if ct_gradient_fits(parameter.handle) {
                dense.append(parameter.handle)
            } else if parameter.grad != nil {
                others.append(parameter)
            }
        }
        var squares = 0.0
        check(ct_gradient_square_sum(dense, dense.count, &squares))
        let rest = noGrad { denseGradients(others) }
        for grad in rest {
            let part = noGrad { grad.linalgVectorNorm().item() }
            squares += part * part
        }
        let norm = Float(squares.squareRoot())
        let coefficient = Float(maxNorm) / (norm + 1e-6)
        if maxNorm > 0, coefficient < 1 {
            check(ct_scale_gradients(dense, dense.count, coefficient))
            if !rest.isEmpty { noGrad { Tensor.foreachMul_(rest, coefficient) } }
        }
        return Double(norm)
    }
}
