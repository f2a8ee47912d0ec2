import Foundation
import Dispatch
import Synchronization

/// Batches in a given order: made when asked for, or ahead of time by worker threads. The order is the same.
final class DataLoader {
    private let examples: Examples
    private let batches: [ArraySlice<Int>]
    private var next: Int
    private let prefetcher: Prefetcher?

    /// - Parameters:
    ///   - skipping: Batches at the start that are not made.
    ///   - workers: Threads; 0: batches are made when asked for.
    ///   - ahead: Batches that each thread makes ahead.
    init(_ examples: Examples, batches: [ArraySlice<Int>], skipping: Int = 0, workers: Int, ahead: Int) throws {
        self.examples = examples
        self.batches = batches
        next = skipping
        if workers > 0, !examples.isConcurrent {
            throw TrainingError.argument(
                "dataloader_num_workers is \(workers), but this data set can be read by one thread only; set it to 0")
        }
        prefetcher =
            workers > 0
            ? Prefetcher(examples, batches: batches, from: skipping, workers: workers, capacity: workers * ahead) : nil
    }

    deinit { prefetcher?.stop() }

    var remaining: Int { batches.count - next }

    /// The next batch; nil at the end.
    func nextBatch() throws -> Batch? {
        guard next < batches.count else { return nil }
        defer { next += 1 }
        if let prefetcher { return try prefetcher.take(next) }
        return try withTorchErrors { try examples.batch(Array(batches[next])) }
    }
}

/// Worker threads that make batches ahead of the reader, at most `capacity` at a time.
private final class Prefetcher: Sendable {
    /// Carries what is not Sendable from the worker that made it to the one reader.
    private struct HandOff: @unchecked Sendable {
        // Each value is touched by one thread at a time: made by a worker, then given to the reader.
        let result: Result<Batch, any Error>
    }

    /// The data set's closure; `Examples.isConcurrent` says that several threads may call it.
    private struct Source: @unchecked Sendable {
        let examples: Examples
    }

    private struct Shelf {
        var made: [Int: HandOff] = [:]
        var claimed: Int
        var taken: Int
        var stopped = false
    }

    private let source: Source
    private let batches: [ArraySlice<Int>]
    private let capacity: Int
    private let shelf: Mutex<Shelf>
    private let batchMade = DispatchSemaphore(value: 0)
    private let room: DispatchSemaphore

    init(_ examples: Examples, batches: [ArraySlice<Int>], from start: Int, workers: Int, capacity: Int) {
        source = Source(examples: examples)
        self.batches = batches
        self.capacity = max(1, capacity)
        shelf = Mutex(Shelf(claimed: start, taken: start))
        room = DispatchSemaphore(value: max(1, capacity))
        for _ in 0..<workers {
            let thread = Thread { [self] in work() }
            thread.name = "data loader"
            thread.start()
        }
    }

    private func work() {
        while true {
            room.wait()
            let index = shelf.withLock { shelf -> Int? in
                guard !shelf.stopped, shelf.claimed < batches.count else { return nil }
                shelf.claimed += 1
                return shelf.claimed - 1
            }
            guard let index else {
                room.signal()
                return
            }
            let rows = Array(batches[index])
            let made = HandOff(result: Result { try withTorchErrors { try source.examples.batch(rows) } })
            shelf.withLock { $0.made[index] = made }
            batchMade.signal()
        }
    }

    func take(_ index: Int) throws -> Batch {
        while true {
            if let made = shelf.withLock({ $0.made.removeValue(forKey: index) }) {
                room.signal()
                return try made.result.get()
            }
            batchMade.wait()
        }
    }

    func stop() {
        shelf.withLock { $0.stopped = true }
        room.signal()
    }
}
