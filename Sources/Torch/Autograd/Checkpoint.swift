internal import CTorch
import Foundation

/// Runs `body` without keeping what it computes on the way, and runs it again in the backward pass: memory for time
/// (Chen et al. 2016; PyTorch's `torch.utils.checkpoint`).
///
/// Random numbers are drawn alike both times, and mixed precision is as it was. Gradients equal those without. Where
/// nothing is recorded, `body` simply runs.
///
/// - Parameters:
///   - input: What `body` is given. Where it requires no gradients, `body` simply runs.
///   - preservesRandomState: Whether the second run draws the numbers of the first; needed where `body` draws any.
///   - body: A part of the model. It is kept until the backward pass, and may be called on another thread then.
public func checkpoint(
    _ input: Tensor, preservesRandomState: Bool = true, _ body: @escaping (Tensor) -> Tensor
) -> Tensor {
    guard isGradEnabled, input.requiresGrad else { return body(input) }
    var out: ct_tensor?
    check(
        ct_checkpoint(
            input.handle, preservesRandomState, recompute, Unmanaged.passRetained(RecomputedPart(body)).toOpaque(),
            { context in if let context { Unmanaged<RecomputedPart>.fromOpaque(context).release() } }, &out))
    return Tensor(owning: out)
}

private final class RecomputedPart {
    let body: (Tensor) -> Tensor
    /// What went wrong; read by the shim right after.
    private(set) var message: UnsafeMutablePointer<CChar>?

    init(_ body: @escaping (Tensor) -> Tensor) { self.body = body }

    deinit { free(message) }

    func note(_ error: any Error) {
        free(message)
        message = strdup("\(error)")
    }
}

private func recompute(
    _ context: UnsafeMutableRawPointer?, _ input: ct_tensor, _ message: UnsafeMutablePointer<UnsafePointer<CChar>?>
) -> ct_tensor {
    guard let context else { return ct_tensor_undefined() }
    let part = Unmanaged<RecomputedPart>.fromOpaque(context).takeUnretainedValue()
    // The backward pass may run on a thread without a scope of its own, where a failure would stop the program.
    do {
        let output = try withTorchErrors { part.body(Tensor(owning: ct_tensor_retain(input))) }
        return ct_tensor_retain(output.handle)
    } catch {
        part.note(error)
        message.pointee = UnsafePointer(part.message)
        return ct_tensor_undefined()
    }
}
