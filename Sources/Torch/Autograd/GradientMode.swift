internal import CTorch

/// Runs `body` without recording operators for the backward pass.
///
/// The mode belongs to the thread, so `body` is synchronous.
public func noGrad<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withGradient(enabled: false, body)
}

/// Runs `body` with recording switched on, inside ``noGrad(_:)`` too.
public func enableGrad<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withGradient(enabled: true, body)
}

/// Runs `body` without recording and without the bookkeeping of views and versions; its tensors can't take part in
/// autograd later. The fastest mode for evaluation.
public func inferenceMode<Result>(_ body: () throws -> Result) rethrows -> Result {
    let mode = ct_inference_enter()
    defer { ct_inference_leave(mode) }
    return try body()
}

/// Whether this thread records operators.
public var isGradEnabled: Bool { ct_grad_enabled() }

private func withGradient<Result>(enabled: Bool, _ body: () throws -> Result) rethrows -> Result {
    let before = ct_grad_enabled()
    ct_set_grad_enabled(enabled)
    defer { ct_set_grad_enabled(before) }
    return try body()
}
