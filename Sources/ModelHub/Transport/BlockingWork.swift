import Foundation
import Synchronization

/// Work that keeps a thread busy or waiting, such as hashing a file of gigabytes: done on a thread outside of Swift's pool,
/// which has as few as there are cores.
enum BlockingWork {
    /// Tells whether the task that waits was cancelled.
    typealias Cancellation = @Sendable () -> Bool

    /// - Throws: What `body` throws; `CancellationError` where it comes to an end after the task was cancelled.
    static func run<Output: Sendable>(
        _ body: @escaping @Sendable (_ isCancelled: Cancellation) throws -> Output
    ) async throws -> Output {
        try Task.checkCancellation()
        let flag = Flag()
        let output = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(with: Result { try body { flag.isSet.load(ordering: .relaxed) } })
                }
            }
        } onCancel: {
            flag.isSet.store(true, ordering: .relaxed)
        }
        try Task.checkCancellation()
        return output
    }

    private final class Flag: Sendable { let isSet = Atomic(false) }
}
