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
            ? Prefetcher(examples, batches: batches, from: skipping, workers: workers, ahead: workers * ahead) : nil
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
