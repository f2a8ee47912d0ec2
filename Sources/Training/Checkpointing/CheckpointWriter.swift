import Foundation
import Synchronization

/// Writes checkpoints on a thread of its own, one at a time. Belongs to the training thread.
final class CheckpointWriter {
    private var job: Job?

    /// How the writing ended that was started last.
    struct Outcome {
        let step: Int
        let error: (any Error)?
    }

    /// Starts to write; to be called when nothing is being written.
    func start(step: Int, _ work: @escaping @Sendable () throws -> Void) {
        precondition(job == nil, "a checkpoint is being written")
        let job = Job(step: step)
        self.job = job
        let thread = Thread { job.run(work) }
        thread.name = "checkpoint writer"
        thread.start()
    }

    /// The end of the writing where it has come and has not been told yet; does not wait.
    func poll() -> Outcome? { job?.isFinished == true ? wait() : nil }

    /// Waits for the end of the writing; nil where nothing was being written.
    func wait() -> Outcome? {
        guard let job else { return nil }
        self.job = nil
        return Outcome(step: job.step, error: job.wait())
    }
}

private final class Job: Sendable {
    let step: Int
    private let result = Mutex<Result<Void, any Error>?>(nil)
    private let finished = DispatchSemaphore(value: 0)

    init(step: Int) { self.step = step }

    var isFinished: Bool { result.withLock { $0 != nil } }

    func run(_ work: () throws -> Void) {
        let end = Result { try work() }
        result.withLock { $0 = end }
        finished.signal()
    }

    /// To be called once.
    func wait() -> (any Error)? {
        finished.wait()
        guard case .failure(let error) = result.withLock({ $0 }) else { return nil }
        return error
    }
}
