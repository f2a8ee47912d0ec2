/// How batches are prepared: `TrainingArguments`' `dataloader…`.
public struct LoadingOptions: Sendable, Hashable {
    /// Threads that prepare batches; 0: they are made when asked for.
    public var workers = 0
    /// Batches that each thread makes ahead.
    public var prefetchFactor = 2
    /// Whether a last batch that is not full is left out.
    public var dropLast = false
    /// Whether batches come in the sampler's order; otherwise as they are ready.
    public var inOrder = true
    /// Whether the threads stay for the next epoch.
    public var persistentWorkers = false

    public init() {}

    init(_ arguments: TrainingArguments) {
        workers = arguments.dataloaderNumWorkers
        prefetchFactor = arguments.dataloaderPrefetchFactor ?? 2
        dropLast = arguments.dataloaderDropLast
        inOrder = arguments.dataloaderInOrder
        persistentWorkers = arguments.dataloaderPersistentWorkers
    }
}
