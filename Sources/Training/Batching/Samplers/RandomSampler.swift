/// A new random order for each epoch, as Python's loaders draw it.
public struct RandomSampler: Sampler {
    public let count: Int
    /// Where an order comes from; nil: from the default generator.
    private let seed: Int?

    /// `torch.randperm` of a private generator seeded with `seed` + epoch (accelerate's `SeedableRandomSampler`).
    public init(count: Int, seed: Int) {
        self.count = count
        self.seed = seed
    }

    /// `torch.randperm` of a private generator whose seed the CPU's default generator gives (PyTorch's `RandomSampler`).
    public init(count: Int) {
        self.count = count
        seed = nil
    }

    public var drawsFromDefaultGenerator: Bool { seed == nil }

    public func rows(epoch: Int) throws -> [Int] {
        let drawn =
            try seed.map { $0 &+ epoch }
            ?? withTorchErrors { Tensor.empty([], dtype: .int64).random_().item(as: Int.self) }
        return seededPermutation(count, seed: UInt64(bitPattern: Int64(drawn)))
    }
}
