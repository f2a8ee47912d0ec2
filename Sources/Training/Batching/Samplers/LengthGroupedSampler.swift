/// Rows of about the same length together, so that batches hold little padding, with some randomness left: Python's
/// sampler of that name.
///
/// A random order is cut into pieces of up to 50 batches, each sorted from the longest row to the shortest; the longest
/// row of all comes first, so that a step that does not fit into memory fails at once.
public struct LengthGroupedSampler: Sampler {
    /// The length of each row.
    public let lengths: [Int]
    /// Rows in a batch, or in all batches of an optimizer step.
    public let batchSize: Int
    /// The seed of a private generator, for the same order each time; nil: the CPU's default generator is drawn from.
    public let seed: Int?

    public init(lengths: [Int], batchSize: Int, seed: Int? = nil) {
        self.lengths = lengths
        self.batchSize = max(1, batchSize)
        self.seed = seed
    }

    public var count: Int { lengths.count }
    public var drawsFromDefaultGenerator: Bool { seed == nil }

    public func rows(epoch: Int) throws -> [Int] {
        guard count > 0 else { return [] }
        let order = try seed.map { seededPermutation(count, seed: UInt64(bitPattern: Int64($0))) } ?? drawnOrder()
        let size = max(1, min(count / (batchSize * 4), 50)) * batchSize
        var pieces = stride(from: 0, to: count, by: size).map { start in
            sorted(Array(order[start..<min(start + size, count)]))
        }
        // The first of the longest.
        var longest = 0
        for index in pieces.indices where lengths[pieces[index][0]] > lengths[pieces[longest][0]] { longest = index }
        let row = pieces[longest][0]
        pieces[longest][0] = pieces[0][0]
        pieces[0][0] = row
        return pieces.flatMap { $0 }
    }

    private func drawnOrder() throws -> [Int] {
        try withTorchErrors { Tensor.randperm(count).array(of: Int.self) }
    }

    /// From the longest to the shortest, equal ones in their order.
    private func sorted(_ rows: [Int]) -> [Int] {
        rows.enumerated().sorted { a, b in
            lengths[a.element] == lengths[b.element]
                ? a.offset < b.offset : lengths[a.element] > lengths[b.element]
        }.map { $0.element }
    }
}
