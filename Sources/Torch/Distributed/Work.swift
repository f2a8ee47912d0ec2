internal import CTorch

/// A collective that has been started.
///
/// Its tensors must be left alone until ``wait()`` has returned. Without it, the collective still runs, and its failure
/// goes unnoticed.
public final class Work {
    private let handle: ct_work
    private let context: FailureContext

    init(owning handle: ct_work, _ context: FailureContext) {
        self.handle = handle
        self.context = context
    }

    deinit { ct_work_free(handle) }

    /// Blocks until the collective has ended; for NCCL until it is queued before whatever the current stream does next.
    ///
    /// - Throws: ``DistributedError``: `timeout`, `peerLost`, `other`.
    public func wait() throws { try context.check(ct_work_wait(handle)) }

    /// Whether it has ended, with or without success.
    public var isCompleted: Bool { ct_work_is_completed(handle) }
}

/// What a failing collective is called in its message.
struct FailureContext {
    let operation: String
    let rank: Int
    let worldSize: Int

    func check(_ status: ct_distributed_status) throws {
        guard let (kind, text) = DistributedError.last(status) else { return }
        throw failure(kind, text + kind.advice)
    }

    func failure(_ kind: DistributedError.Kind, _ text: String) -> DistributedError {
        DistributedError(kind, "rank \(rank) of \(worldSize), \(operation): \(text)")
    }
}
