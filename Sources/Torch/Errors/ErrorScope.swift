internal import CTorch

/// Runs `body` and throws the first failure of an operator inside it.
///
/// Operators on tensors do not throw, for that would put `try` on every `+`. Inside this scope the first failure is
/// kept, the operators after it do nothing (their results are undefined tensors), and the scope throws it at its end.
/// An error that `body` throws itself is passed on, unless an operator had failed before it. Outside any scope a failing
/// operator stops the program with libtorch's message.
///
/// ```swift
/// let product = try withTorchErrors { a.matmul(b) }
/// ```
///
/// Scopes nest. The body must be synchronous: the scope belongs to the thread.
///
/// - Throws: ``TorchError``, or what `body` throws.
@discardableResult
public func withTorchErrors<Result>(_ body: () throws -> Result) throws -> Result {
    ct_scope_open()
    // Inside a scope that has failed, this one starts failed: the body would only follow up on the failure.
    if ct_scope_failed(), let failure = closeScope() { throw failure }
    let result: Result
    do {
        result = try body()
    } catch {
        throw closeScope() ?? error
    }
    if let failure = closeScope() { throw failure }
    return result
}

/// Throws the failure of the scope that is open, if there is one: for loops that would otherwise run on for long.
///
/// Does nothing outside a scope, where failures stop the program.
///
/// - Throws: ``TorchError``.
public func checkTorchErrors() throws {
    guard ct_scope_failed() else { return }
    // An inner scope starts with the failure of the outer one, so that closing it gives a copy.
    ct_scope_open()
    if let failure = closeScope() { throw failure }
}

private func closeScope() -> TorchError? {
    var message: UnsafePointer<CChar>?
    var operation: UnsafePointer<CChar>?
    let status = ct_scope_close(&message, &operation)
    guard status != 0 else { return nil }
    return TorchError(
        operation: operation.map { String(cString: $0) } ?? "", message: message.map { String(cString: $0) } ?? "",
        isOutOfMemory: status == 2)
}

/// Stops the program if a call failed outside any error scope; failures inside one wait for its end.
@inline(__always)
func check(_ status: ct_status) {
    if status == 2 { failOutsideScope() }
}

@inline(never)
private func failOutsideScope() -> Never {
    fatalError("Torch: \(String(cString: ct_last_error()))")
}

/// Records a failure found in Swift as if an operator had failed.
func recordFailure(_ operation: String, _ message: String) {
    check(ct_scope_fail(operation, message))
}
