/// The order in which rows are visited, a function of seed and epoch alone.
struct DataOrder {
    let count: Int
    let batchSize: Int
    let dropLast: Bool
    let strategy: TrainSamplingStrategy
    let seed: Int

    /// Batches in one epoch.
    var batchCount: Int { dropLast ? count / batchSize : (count + batchSize - 1) / batchSize }

    /// The rows of each batch of an epoch: `torch.randperm` of a generator seeded with seed + epoch, as in Python.
    func batches(epoch: Int) -> [ArraySlice<Int>] {
        let order: [Int] =
            switch strategy {
            case .random: seededPermutation(count, seed: UInt64(bitPattern: Int64(seed + epoch)))
            case .sequential: Array(0..<count)
            }
        return (0..<batchCount).map { order[$0 * batchSize..<Swift.min(($0 + 1) * batchSize, count)] }
    }
}
