/// Finds steps so small that waking other threads takes longer than the work: a linear layer on eight rows is done in
/// microseconds by one thread, in many more by two that wait for each other, above all beside other programs.
///
/// Decided once, from sizes alone, so that a resumed run computes in the same way.
enum SmallWork {
    /// Operations of a step below which one thread works alone.
    static let limit = 4_000_000.0

    /// Runs `body` with one thread where the steps are small, with all otherwise.
    static func run<Result>(_ isSmall: Bool, _ body: () throws -> Result) rethrows -> Result {
        guard isSmall else { return try body() }
        let threads = TorchRuntime.threadCount
        TorchRuntime.threadCount = 1
        defer { TorchRuntime.threadCount = threads }
        return try body()
    }

    /// Whether a step over such a batch is small. Never for models with convolutions, whose work the number of parameters
    /// does not tell.
    static func isSmall(_ parameters: [Tensor], _ batch: Batch) -> Bool {
        guard parameters.allSatisfy({ $0.dim <= 2 }) else { return false }
        let positions = batch.entries.map { _, tensor in
            tensor.dtype.isFloatingPoint && tensor.dim > 1 ? tensor.numel / max(tensor.size(-1), 1) : tensor.numel
        }
        let weights = parameters.reduce(0) { $0 + $1.numel }
        // Forward 2, backward 4 operations for each weight and position.
        return 6 * Double(weights) * Double(positions.max() ?? 0) < limit
    }
}
