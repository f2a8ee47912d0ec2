/// Micro-batches of about the same cost: of the rows of an optimizer step the long ones go into small batches and the
/// short ones into large batches. Python's sampler of that name; of several ranks each takes its turn of the batches.
///
/// The order of rows is random with the constant seed 42 + epoch, as there.
public struct BatchRebalanceSampler: Sampler {
    /// The length of each row.
    public let lengths: [Int]
    /// Rows in an optimizer step.
    public let effectiveBatchSize: Int
    /// Micro-batches in an optimizer step, of all ranks together.
    public let accumulation: Int

    /// - Parameters:
    ///   - lengths: The length of each row.
    ///   - effectiveBatchSize: Rows in an optimizer step, at least one for each micro-batch.
    ///   - accumulation: Micro-batches in an optimizer step.
    public init(lengths: [Int], effectiveBatchSize: Int, accumulation: Int) {
        self.lengths = lengths
        self.accumulation = max(1, accumulation)
        self.effectiveBatchSize = max(effectiveBatchSize, self.accumulation)
    }

    public var count: Int { lengths.count }
    public var hasFixedBatchSize: Bool { false }

    public func batchCount(batchSize: Int, dropLast: Bool) -> Int {
        let whole = count / effectiveBatchSize
        return (whole + (!dropLast && count % effectiveBatchSize > 0 ? 1 : 0)) * accumulation
    }

    public func rows(epoch: Int) throws -> [Int] {
        try batches(epoch: epoch, batchSize: effectiveBatchSize, dropLast: false).flatMap { $0 }
    }

    public func batches(epoch: Int, batchSize: Int, dropLast: Bool) throws -> [[Int]] {
        let order = seededPermutation(count, seed: UInt64(42 + epoch))
        let steps = batchCount(batchSize: batchSize, dropLast: dropLast) / accumulation
        return (0..<steps).flatMap { step in
            let start = step * effectiveBatchSize
            var rows = Array(order[start..<min(start + effectiveBatchSize, count)])
            // Too few rows for the micro-batches of the last step: those at the epoch's start come again.
            while rows.count < accumulation { rows += order.prefix(accumulation - rows.count) }
            return split(rows)
        }
    }

    // MARK: The split of one step

    /// The most costly micro-batch first.
    private func split(_ rows: [Int]) -> [[Int]] {
        let sorted = rows.enumerated().sorted { a, b in
            lengths[a.element] == lengths[b.element]
                ? a.offset < b.offset : lengths[a.element] > lengths[b.element]
        }.map { $0.element }
        let sizes = balanced(sorted)
        let (costs, starts) = (self.costs(sizes, sorted), self.starts(sizes))
        return sizes.indices.sorted { costs[$0] == costs[$1] ? $0 < $1 : costs[$0] > costs[$1] }.map {
            Array(sorted[starts[$0]..<starts[$0] + sizes[$0]])
        }
    }

    /// The sizes of the groups, found by moving one row at a time from the most costly group to the cheapest.
    private func balanced(_ sorted: [Int]) -> [Int] {
        let groups = accumulation
        var sizes = (0..<groups).map { sorted.count / groups + ($0 < sorted.count % groups ? 1 : 0) }
        var seen: Set<[Int]> = []
        var best = (spread: Double.infinity, sizes: sizes)
        for _ in 0..<max(groups * 30, effectiveBatchSize) {
            guard seen.insert(sizes).inserted else { break }
            let costs = self.costs(sizes, sorted)
            // The first of equal ones.
            guard let high = costs.max().flatMap(costs.firstIndex), let low = costs.min().flatMap(costs.firstIndex)
            else { break }
            let spread = costs[high] - costs[low]
            if spread < best.spread { best = (spread, sizes) }
            guard groups > 1, spread > 0, sizes[high] > 1 else { break }
            sizes[high] -= 1
            sizes[low] += 1
        }
        return best.sizes
    }

    /// What padding and attention make of a group: its size times its longest row, and its square.
    private func costs(_ sizes: [Int], _ sorted: [Int]) -> [Double] {
        zip(starts(sizes), sizes).map { start, size in
            let longest = lengths[sorted[start]]
            return Double(size * longest) + 0.001 * Double(size) * Double(longest) * Double(longest)
        }
    }

    private func starts(_ sizes: [Int]) -> [Int] {
        var next = 0
        return sizes.map { size in
            defer { next += size }
            return next
        }
    }
}
