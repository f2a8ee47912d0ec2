import Foundation

/// Worker threads that make batches ahead of the one reader, who takes them in order.
// Unchecked: `condition` guards all that changes. The examples' closure may be called on several threads at once
// (`Examples.isConcurrent`), and a batch is touched by one thread at a time: made by a worker, then given to the reader.
final class Prefetcher: @unchecked Sendable {
    private let examples: Examples
    private let batches: [ArraySlice<Int>]
    private let ahead: Int
    private let condition = NSCondition()
    private var made: [Int: Result<Batch, any Error>] = [:]
    private var nextToMake: Int
    private var nextToTake: Int
    private var isStopped = false

    /// - Parameter ahead: At most so many batches wait for the reader.
    init(_ examples: Examples, batches: [ArraySlice<Int>], from start: Int, workers: Int, ahead: Int) {
        self.examples = examples
        self.batches = batches
        self.ahead = max(1, ahead)
        nextToMake = start
        nextToTake = start
        for number in 0..<max(0, min(workers, batches.count - start)) {
            let thread = Thread { [self] in work() }
            thread.name = "data loader \(number)"
            thread.start()
        }
    }

    /// Waits for the batch and takes it; to be called for one after the other.
    func take(_ index: Int) throws -> Batch {
        condition.lock()
        while made[index] == nil { condition.wait() }
        let result = made.removeValue(forKey: index)
        nextToTake = index + 1
        condition.broadcast()
        condition.unlock()
        guard let result else { preconditionFailure("batch \(index) was taken twice") }
        return try result.get()
    }

    /// Lets each thread end after the batch that it is at.
    func stop() {
        condition.lock()
        isStopped = true
        made = [:]
        condition.broadcast()
        condition.unlock()
    }

    private func work() {
        while let index = claim() {
            let result = Result { try withTorchErrors { try examples.batch(Array(batches[index])) } }
            condition.lock()
            if !isStopped { made[index] = result }
            condition.broadcast()
            condition.unlock()
        }
    }

    private func claim() -> Int? {
        condition.lock()
        defer { condition.unlock() }
        while !isStopped, nextToMake < batches.count, nextToMake >= nextToTake + ahead { condition.wait() }
        guard !isStopped, nextToMake < batches.count else { return nil }
        defer { nextToMake += 1 }
        return nextToMake
    }
}
