import Foundation
import Synchronization

/// Work with the Hub for callers that are not `async`: training, and the command line. It runs on a thread of its own, so
/// that it comes to an end though the caller's thread waits for it, whichever that is.
package final class BlockingHubTask<Output: Sendable>: Sendable {
    private let result = Mutex<Result<Output, any Error>?>(nil)
    private let finished = DispatchSemaphore(value: 0)
    private let task = Mutex<Task<Void, Never>?>(nil)

    package init(_ work: @escaping @Sendable () async throws -> Output) {
        let task = Task.detached(executorPreference: HubExecutor.shared) { [self] in
            let end: Result<Output, any Error>
            do { end = .success(try await work()) } catch { end = .failure(error) }
            result.withLock { $0 = end }
            finished.signal()
        }
        self.task.withLock { $0 = task }
    }

    package var isFinished: Bool { result.withLock { $0 != nil } }

    package func cancel() { task.withLock { $0 }?.cancel() }

    /// Waits for the end.
    package func wait() throws -> Output {
        finished.wait()
        finished.signal()
        guard let result = result.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }
}

/// Threads of the Hub's own; those of Swift's pool may all be waiting.
private final class HubExecutor: TaskExecutor {
    static let shared = HubExecutor()
    private let queue = DispatchQueue(label: "swift-trainer.hub", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
