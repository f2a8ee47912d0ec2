/// One rank's part of the batches of an epoch: whole batches in turn, or a piece of each. accelerate's `BatchSamplerShard`.
public struct BatchShard: Sendable, Hashable {
    /// This rank's number, from 0.
    public var rank: Int
    /// The number of ranks.
    public var ranks: Int
    /// Whether every rank gets as many full batches as the others: the epoch's first rows come again where rows are
    /// missing. Python's `even_batches`.
    public var evenBatches: Bool
    /// Whether the batch size is that of all ranks together, and each batch is cut into their parts. Python's
    /// `split_batches`.
    public var splitBatches: Bool
    /// Whether the last rows of a stream are shared out evenly, rather than filled up to full batches. Python's
    /// `dispatch_batches`.
    public var dispatchBatches: Bool
    /// Whether batches of a round that not every rank has one of are kept where the last rows are dropped: in an
    /// evaluation, where ranks need not go together.
    var keepsLastRound = false

    public init(
        rank: Int, ranks: Int, evenBatches: Bool = true, splitBatches: Bool = false, dispatchBatches: Bool = true
    ) {
        self.rank = rank
        self.ranks = ranks
        self.evenBatches = evenBatches
        self.splitBatches = splitBatches
        self.dispatchBatches = dispatchBatches
    }

    /// This rank's batches.
    ///
    /// - Parameters:
    ///   - batches: Those of all ranks, in order.
    ///   - batchSize: Rows of a full batch; nil where batches are full whatever their size.
    ///   - dropLast: Whether rows that do not fill a batch of every rank are left out.
    public func batches(of batches: [[Int]], batchSize: Int?, dropLast: Bool) -> [[Int]] {
        guard ranks > 1 else { return batches }
        if splitBatches, let batchSize {
            return parts(of: batches, batchSize: batchSize, dropLast: dropLast)
        }
        func isFull(_ batch: [Int]) -> Bool { batchSize.map { batch.count == $0 } ?? true }
        let rounds = stride(from: 0, to: batches.count, by: ranks).map {
            batches[$0..<min($0 + ranks, batches.count)]
        }
        var mine: [[Int]] = []
        for round in rounds {
            if round.count == ranks, round.last.map(isFull) ?? false {
                mine.append(round[round.startIndex + rank])
            } else if dropLast, !keepsLastRound {
                break
            } else if !evenBatches {
                if rank < round.count { mine.append(round[round.startIndex + rank]) }
            } else {
                mine.append(completed(Array(round), first: Array(batches.prefix(ranks)), batchSize)[rank])
            }
        }
        return mine
    }

    /// How many batches this rank has of `count`.
    public func batchCount(of count: Int, dropLast: Bool) -> Int {
        guard ranks > 1, !splitBatches else { return count }
        let (whole, rest) = count.quotientAndRemainder(dividingBy: ranks)
        if rest == 0 || dropLast && !keepsLastRound { return whole }
        return evenBatches || rank < rest ? whole + 1 : whole
    }

    /// The most batches that a rank has of `count`.
    public func roundCount(of count: Int, dropLast: Bool) -> Int {
        var first = self
        first.rank = 0
        return first.batchCount(of: count, dropLast: dropLast)
    }

    /// The last round filled up with the epoch's first rows, again and again where there are few.
    private func completed(_ round: [[Int]], first: [[Int]], _ batchSize: Int?) -> [[Int]] {
        guard let batchSize else {
            return round + (0..<ranks - round.count).map { first[$0 % first.count] }
        }
        let rows = first.flatMap(\.self)
        var next = 0
        func more(_ count: Int) -> [Int] {
            defer { next += count }
            return (next..<next + count).map { rows[$0 % rows.count] }
        }
        return (0..<ranks).map { place in
            let batch = place < round.count ? round[place] : []
            return batch + more(batchSize - batch.count)
        }
    }

    private func parts(of batches: [[Int]], batchSize: Int, dropLast: Bool) -> [[Int]] {
        let size = batchSize / ranks
        let part = size * rank..<size * (rank + 1)
        return batches.compactMap { batch in
            if batch.count == batchSize { return Array(batch[part]) }
            if dropLast { return nil }
            if !evenBatches {
                return batch.count > part.lowerBound ? Array(batch[part.clamped(to: 0..<batch.count)]) : nil
            }
            let rows = batches[0]
            return Array((batch + (0..<batchSize - batch.count).map { rows[$0 % rows.count] })[part])
        }
    }
}
