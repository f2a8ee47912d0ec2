/// Rows that come one after the other and whose number is not known: a stream, a generator, a file too large to index.
///
/// Trained with `maxSteps`; where the rows end before, they begin anew. A resumed run reads the rows it has seen again and
/// leaves them out.
/// ```swift
/// let lines = ExampleStream(collator: collator) { LineReader(path) }
/// ```
public struct ExampleStream: StreamedDataset {
    /// Starts an epoch: gives batches of up to so many rows, of which the first ones may be skipped without a batch.
    let open: (_ epoch: Int, _ window: StreamWindow) throws -> BatchIterator

    /// - Parameters:
    ///   - collator: Turns some rows into a batch.
    ///   - rows: Gives the rows from the start; asked for each epoch, which it may order in its own way.
    public init<Rows: Sequence>(
        collator: Collator<Rows.Element>, _ rows: @escaping (_ epoch: Int) throws -> Rows
    ) {
        self.init(collator: collator) { epoch in
            var iterator = try rows(epoch).makeIterator()
            return { iterator.next() }
        }
    }

    /// The same for rows that can't always be read.
    ///
    /// - Parameters:
    ///   - collator: Turns some rows into a batch.
    ///   - reading: Starts an epoch, and gives what reads a row: nil at the end.
    public init<Row>(
        collator: Collator<Row>, reading: @escaping (_ epoch: Int) throws -> () throws -> Row?
    ) {
        open = { epoch, window in
            let next = try reading(epoch)
            var place = 0
            // With their places; what fills up the last window.
            var first: [(row: Row, place: Int)] = []
            return BatchIterator {
                var taken: [(row: Row, place: Int)] = []
                while taken.count < window.size, let row = try next() {
                    taken.append((row, place))
                    place += 1
                }
                guard !taken.isEmpty, taken.count == window.size || !window.dropLast else { return nil }
                if first.isEmpty, window.ranks > 1 { first = Array(taken.prefix(window.size)) }
                let mine = window.part(of: taken, first: first)
                // A rank that has none of the last rows.
                guard !mine.isEmpty else { return nil }
                return try withTorchErrors { try collator(mine.map(\.row), rows: mine.map(\.place)) }
            }
        }
    }

    public func stream(_ context: CollationContext) throws -> ExampleStream { self }
}

/// Training data whose rows come one after the other: ``ExampleStream``, and `IterableDataset` of `Datasets`.
public protocol StreamedDataset: TrainerDataset {
    /// - Throws: What is wrong with the data.
    func stream(_ context: CollationContext) throws -> ExampleStream
}

extension StreamedDataset {
    public func examples(_ context: CollationContext) throws -> Examples {
        throw TrainingError.data("a stream has no number of rows; it can be the trainDataset alone")
    }
}

/// Batches of an ``ExampleStream``.
public final class StreamLoader: DataLoader {
    private let dataset: ExampleStream
    private let window: StreamWindow

    public convenience init(_ dataset: ExampleStream, batchSize: Int, dropLast: Bool = false) {
        self.init(dataset, StreamWindow(batchSize: batchSize, dropLast: dropLast))
    }

    private init(_ dataset: ExampleStream, _ window: StreamWindow) {
        self.dataset = dataset
        self.window = window
    }

    public func sharded(_ shard: BatchShard) -> any DataLoader { StreamLoader(dataset, window.shared(by: shard)) }

    public var batchCount: Int? { nil }

    public func batches(epoch: Int, skipping: Int) throws -> BatchIterator {
        // As Python's loaders, also over a stream.
        try withTorchErrors { _ = Tensor.empty([], dtype: .int64).random_() }
        let batches = try dataset.open(epoch, window)
        for _ in 0..<skipping { guard try batches.next() != nil else { break } }
        return batches
    }
}
