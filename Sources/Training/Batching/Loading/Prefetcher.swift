import Foundation

/// Batches of one epoch that worker threads make ahead of the one reader.
final class Prefetcher {
    private let epoch: Epoch
    // The threads live as long as this epoch, or longer where the loader keeps them.
    private let pool: WorkerPool

    /// - Parameters:
    ///   - ahead: At most so many batches wait for the reader.
    ///   - inOrder: Whether they come in order, or as they are ready.
    init(_ examples: Examples, batches: [[Int]], from start: Int, ahead: Int, inOrder: Bool, pool: WorkerPool) {
        let epoch = Epoch(examples, batches: batches, from: start, ahead: ahead, inOrder: inOrder)
        self.epoch = epoch
        self.pool = pool
        pool.start { epoch.work() }
    }

    deinit { epoch.stop() }

    /// Waits for the next batch and takes it; nil at the end.
    func take() throws -> Batch? { try epoch.take() }
}

/// What the reader and the threads share.
// Unchecked: `condition` guards all that changes. The examples' closure may be called on several threads at once
// (`Examples.isConcurrent`), and a batch is touched by one thread at a time: made by a worker, then given to the reader.
private final class Epoch: @unchecked Sendable {
    private let examples: Examples
    private let batches: [[Int]]
    private let ahead: Int
    private let inOrder: Bool
    private let condition = NSCondition()
    private var made: [Int: Result<Batch, any Error>] = [:]
    private var nextToMake: Int
    private var taken: Int
    private var isStopped = false

    init(_ examples: Examples, batches: [[Int]], from start: Int, ahead: Int, inOrder: Bool) {
        self.examples = examples
        self.batches = batches
        self.ahead = max(1, ahead)
        self.inOrder = inOrder
        nextToMake = start
        taken = start
    }

    func take() throws -> Batch? {
        condition.lock()
        guard taken < batches.count else {
            condition.unlock()
            return nil
        }
        while ready == nil { condition.wait() }
        let result = ready.flatMap { made.removeValue(forKey: $0) }
        taken += 1
        condition.broadcast()
        condition.unlock()
        return try result?.get()
    }

    /// The number of the batch that may be taken now.
    private var ready: Int? { inOrder ? (made[taken] == nil ? nil : taken) : made.keys.min() }

    /// Lets each thread end after the batch that it is at.
    func stop() {
        condition.lock()
        isStopped = true
        made = [:]
        condition.broadcast()
        condition.unlock()
    }

    func work() {
        while let index = claim() {
            let result = Result { try withTorchErrors { try examples.batch(batches[index]) } }
            condition.lock()
            if !isStopped { made[index] = result }
            condition.broadcast()
            condition.unlock()
        }
    }

    private func claim() -> Int? {
        condition.lock()
        defer { condition.unlock() }
        while !isStopped, nextToMake < batches.count, nextToMake >= taken + ahead { condition.wait() }
        guard !isStopped, nextToMake < batches.count else { return nil }
        defer { nextToMake += 1 }
        return nextToMake
    }
}
