/// One rank's turn of the batches of a loader that knows nothing of ranks.
final class RoundRobinLoader: DataLoader {
    private let loader: any DataLoader
    private let shard: BatchShard

    init(_ loader: any DataLoader, _ shard: BatchShard) {
        self.loader = loader
        self.shard = shard
    }

    var batchCount: Int? { loader.batchCount.map { shard.roundCount(of: $0, dropLast: false) } }
    var rowCount: Int? { loader.rowCount }
    var drawsFromDefaultGenerator: Bool { loader.drawsFromDefaultGenerator }
    var isPutBack: Bool { loader.isPutBack }

    func batches(epoch: Int, skipping: Int) throws -> BatchIterator {
        // Those of a resumed run before its place are made by nobody; the epoch's first ones may be wanted at its end.
        let all = try loader.batches(epoch: epoch, skipping: shard.evenBatches ? 0 : skipping * shard.ranks)
        let shard = shard
        var first: [Batch] = []
        var left = shard.evenBatches ? skipping : 0
        var isAtEnd = false
        func round() throws -> Batch? {
            guard !isAtEnd else { return nil }
            var taken: [Batch] = []
            while taken.count < shard.ranks, let batch = try all.next() { taken.append(batch) }
            isAtEnd = taken.count < shard.ranks
            guard !taken.isEmpty else { return nil }
            if first.isEmpty, shard.evenBatches { first = taken }
            if shard.rank < taken.count { return taken[shard.rank] }
            return shard.evenBatches ? first[(shard.rank - taken.count) % first.count] : nil
        }
        return BatchIterator {
            while left > 0 {
                left -= 1
                guard try round() != nil else { return nil }
            }
            return try round()
        }
    }
}
