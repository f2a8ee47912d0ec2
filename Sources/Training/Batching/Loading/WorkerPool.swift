import Foundation

/// Threads that make batches; they end with the pool.
// Unchecked: `condition` guards all that changes.
final class WorkerPool: @unchecked Sendable {
    /// What the threads take from and call; of one epoch.
    private final class Shared: @unchecked Sendable {
        let condition = NSCondition()
        var work: (@Sendable () -> Void)?
        /// Counts what was given, so that each thread does it once.
        var generation = 0
        var isStopped = false
    }

    private let shared = Shared()

    init(threads: Int) {
        for number in 0..<threads {
            let thread = Thread { [shared] in Self.run(shared) }
            thread.name = "data loader \(number)"
            thread.start()
        }
    }

    deinit {
        shared.condition.lock()
        shared.isStopped = true
        shared.condition.broadcast()
        shared.condition.unlock()
    }

    /// Lets every thread do `work` once.
    func start(_ work: @escaping @Sendable () -> Void) {
        shared.condition.lock()
        shared.work = work
        shared.generation += 1
        shared.condition.broadcast()
        shared.condition.unlock()
    }

    private static func run(_ shared: Shared) {
        var done = 0
        while true {
            shared.condition.lock()
            while !shared.isStopped, shared.generation == done { shared.condition.wait() }
            let work = shared.isStopped ? nil : shared.work
            done = shared.generation
            shared.condition.unlock()
            guard let work else { return }
            work()
        }
    }
}
