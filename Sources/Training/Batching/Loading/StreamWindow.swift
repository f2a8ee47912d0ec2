/// The rows of a stream that are read for one batch of every rank, and which of them are this rank's.
struct StreamWindow {
    /// Rows of all ranks' batches.
    private(set) var size: Int
    let dropLast: Bool
    private(set) var ranks = 1
    private var rank = 0
    /// How the last rows are shared where they do not fill a batch of every rank.
    private var rest = Rest.asTheyAre

    private enum Rest {
        case asTheyAre
        /// As many for each rank, with as few of the first rows as that takes: accelerate's `DataLoaderDispatcher`.
        case level
        /// Full batches, with the first rows once more: accelerate's `IterableDatasetShard`.
        case full
    }

    init(batchSize: Int, dropLast: Bool) {
        size = batchSize
        self.dropLast = dropLast
    }

    func shared(by shard: BatchShard) -> StreamWindow {
        guard shard.ranks > 1 else { return self }
        var window = self
        window.ranks = shard.ranks
        window.rank = shard.rank
        if !shard.splitBatches { window.size *= shard.ranks }
        window.rest = !shard.evenBatches ? .asTheyAre : shard.dispatchBatches ? .level : .full
        return window
    }

    /// - Parameters:
    ///   - rows: Those of a window, fewer in the last one.
    ///   - first: Those of the first window.
    func part<Row>(of rows: [Row], first: [Row]) -> [Row] {
        guard ranks > 1 else { return rows }
        let each =
            switch rest {
            case .level: (rows.count + ranks - 1) / ranks
            case .asTheyAre, .full: size / ranks
            }
        let mine = each * rank..<each * (rank + 1)
        if case .asTheyAre = rest { return Array(rows[mine.clamped(to: 0..<rows.count)]) }
        return mine.map { $0 < rows.count ? rows[$0] : first[($0 - rows.count) % first.count] }
    }
}
