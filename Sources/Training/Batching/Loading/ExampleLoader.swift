/// Batches of rows in a sampler's order: made when asked for, or ahead of time by worker threads.
public final class ExampleLoader: DataLoader {
    private let examples: Examples
    private let sampler: any Sampler
    private let batchSize: Int
    private let options: LoadingOptions
    private let shard: BatchShard?
    private var workers: WorkerPool?

    /// - Parameters:
    ///   - examples: The rows.
    ///   - sampler: Their order.
    ///   - batchSize: Rows in a batch.
    ///   - options: Threads and the last batch.
    /// - Throws: ``TrainingError/argument(_:)`` where threads are wanted for data that one thread only can read.
    public convenience init(
        _ examples: Examples, sampler: any Sampler, batchSize: Int, options: LoadingOptions = LoadingOptions()
    ) throws {
        if options.workers > 0, !examples.isConcurrent {
            throw TrainingError.argument(
                "dataloader_num_workers is \(options.workers), but this data set can be read by one thread only; "
                    + "set it to 0")
        }
        self.init(examples: examples, sampler: sampler, batchSize: batchSize, options: options, shard: nil)
    }

    private init(
        examples: Examples, sampler: any Sampler, batchSize: Int, options: LoadingOptions, shard: BatchShard?
    ) {
        self.examples = examples
        self.sampler = sampler
        self.batchSize = batchSize
        self.options = options
        self.shard = shard
    }

    public func sharded(_ shard: BatchShard) -> any DataLoader {
        ExampleLoader(examples: examples, sampler: sampler, batchSize: batchSize, options: options, shard: shard)
    }

    public var batchCount: Int? {
        let all = sampler.batchCount(batchSize: batchSize, dropLast: options.dropLast)
        return shard?.roundCount(of: all, dropLast: options.dropLast) ?? all
    }
    public var rowCount: Int? { sampler.count }
    public var drawsFromDefaultGenerator: Bool { sampler.drawsFromDefaultGenerator }
    public var isPutBack: Bool { sampler.isPutBack }

    public func batches(epoch: Int, skipping: Int) throws -> BatchIterator {
        // Python's loaders draw a number for each pass; those whose workers stay, for the first one only.
        if !options.persistentWorkers || options.workers == 0 || epoch == 0 {
            try withTorchErrors { _ = Tensor.empty([], dtype: .int64).random_() }
        }
        let all = try sampler.batches(epoch: epoch, batchSize: batchSize, dropLast: options.dropLast)
        let rows =
            shard?.batches(
                of: all, batchSize: sampler.hasFixedBatchSize ? batchSize : nil, dropLast: options.dropLast) ?? all
        if options.workers > 0 { return prefetched(rows, from: skipping) }
        var next = skipping
        return BatchIterator { [examples] in
            guard next < rows.count else { return nil }
            defer { next += 1 }
            return try withTorchErrors { try examples.batch(rows[next]) }
        }
    }

    private func prefetched(_ rows: [[Int]], from start: Int) -> BatchIterator {
        let pool = workers ?? WorkerPool(threads: options.workers)
        if options.persistentWorkers { workers = pool }
        let prefetcher = Prefetcher(
            examples, batches: rows, from: start, ahead: options.workers * options.prefetchFactor,
            inOrder: options.inOrder, pool: pool)
        return BatchIterator { try prefetcher.take() }
    }
}
