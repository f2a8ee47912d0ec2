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
    return recorded(RecomputedPart(body), input, preservesRandomState)
}

extension Module {
    /// Runs this module, a layer of a model: as it is, or as ``checkpoint(_:preservesRandomState:_:)`` does where it is to be
    /// computed again.
    ///
    /// Models with layers run each of them by this function, so that the layers' parameters need to be in memory only while
    /// they are used (``residence``). A layer whose parameters come and go is always computed again.
    ///
    /// - Parameters:
    ///   - input: What `body` is given.
    ///   - isComputedAgain: Whether `body` runs again in the backward pass.
    ///   - preservesRandomState: As in ``checkpoint(_:preservesRandomState:_:)``.
    ///   - body: The layer's computation. What it uses of parameters beside this module's must be in memory anyway.
    public func runAsLayer(
        _ input: Tensor, isComputedAgain: Bool, preservesRandomState: Bool = true,
        _ body: @escaping (Tensor) -> Tensor
    ) -> Tensor {
        guard let residence else {
            return isComputedAgain ? checkpoint(input, preservesRandomState: preservesRandomState, body) : body(input)
        }
        let part = RecomputedPart(
            { input in
                // Nothing is recorded in the first run, nor in an evaluation.
                let isAgain = isGradEnabled
                attempt { try residence.arrive(isComputedAgain: isAgain) }
                let output = body(input)
                if !isAgain { attempt { try residence.leave() } }
                return output
            }, goneBack: { try residence.leaveAfterBackward() })
        guard isGradEnabled else { return part.body(input) }
        var input = input
        if !input.requiresGrad {
            // The layer's own parameters may be trained where nothing before it is.
            input = input.detach()
            input.requiresGrad = true
        }
        return recorded(part, input, preservesRandomState)
    }
}

/// Where a module's parameters are while they are not used.
public protocol ParameterResidence: AnyObject {
    /// The parameters are used from now on.
    ///
    /// - Parameter isComputedAgain: Whether that is for the backward pass.
    func arrive(isComputedAgain: Bool) throws
    /// The forward pass through the module has ended; a backward pass arrives anew.
    func leave() throws
    /// The backward pass through the module has ended, and its parameters have their gradients.
    func leaveAfterBackward() throws
}

private func recorded(_ part: RecomputedPart, _ input: Tensor, _ preservesRandomState: Bool) -> Tensor {
    var out: ct_tensor?
    check(
        ct_checkpoint(
            input.handle, preservesRandomState, recompute, part.goneBack == nil ? nil : goBack,
            Unmanaged.passRetained(part).toOpaque(),
            { context in if let context { Unmanaged<RecomputedPart>.fromOpaque(context).release() } }, &out))
    return Tensor(owning: out)
}

/// Passes an error on as an operator's failure.
private func attempt(_ body: () throws -> Void) {
    do {
        try checkTorchErrors()
        try body()
    } catch {
        recordFailure("runAsLayer", "\(error)")
    }
}

private final class RecomputedPart {
    let body: (Tensor) -> Tensor
    let goneBack: (() throws -> Void)?
    /// What went wrong; read by the shim right after.
    private(set) var message: UnsafeMutablePointer<CChar>?

    init(_ body: @escaping (Tensor) -> Tensor, goneBack: (() throws -> Void)? = nil) {
        self.body = body
        self.goneBack = goneBack
    }

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

private func goBack(_ context: UnsafeMutableRawPointer?) -> UnsafePointer<CChar>? {
    guard let context else { return nil }
    let part = Unmanaged<RecomputedPart>.fromOpaque(context).takeUnretainedValue()
    do {
        try withTorchErrors { try noGrad { try part.goneBack?() } }
        return nil
    } catch {
        part.note(error)
        return UnsafePointer(part.message)
    }
}
