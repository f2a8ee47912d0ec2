/// Finds steps so small that waking other threads takes longer than the work: a linear layer on eight rows is done in
/// microseconds by one thread, in many more by two that wait for each other, above all beside other programs.
///
/// Decided for each step from sizes alone, so that a resumed run computes in the same way.
final class SmallWork {
    /// Operations of a step below which one thread works alone.
    private static let limit = 4_000_000.0

    /// Nil: never small.
    private let weights: Double?
    private let threads = TorchRuntime.threadCount
    private var isAlone = false

    /// - Parameters:
    ///   - isOn: Off, all threads always work.
    ///   - parameters: Of the model. One with convolutions is never small: the number of its parameters does not tell its
    ///     work.
    init(isOn: Bool, _ parameters: [Tensor]) {
        let isTold = isOn && TorchRuntime.threadCount > 1 && parameters.allSatisfy { $0.dim <= 2 }
        weights = isTold ? parameters.reduce(0) { $0 + Double($1.numel) } : nil
    }

    deinit { allow(threads: threads) }

    /// Sets the number of threads for a step over these batches.
    func prepare(_ group: [Batch]) {
        guard let weights else { return }
        let positions = group.reduce(0) { max($0, Self.positions($1)) }
        // Forward 2, backward 4 operations for each weight and position.
        let isSmall = 6 * weights * Double(positions) < Self.limit
        if isSmall != isAlone { allow(threads: isSmall ? 1 : threads) }
        isAlone = isSmall
    }

    private func allow(threads: Int) {
        if TorchRuntime.threadCount != threads { TorchRuntime.threadCount = threads }
    }

    private static func positions(_ batch: Batch) -> Int {
        batch.entries.reduce(0) { most, entry in
            let tensor = entry.tensor
            let count =
                tensor.dtype.isFloatingPoint && tensor.dim > 1 ? tensor.numel / max(tensor.size(-1), 1) : tensor.numel
            return max(most, count)
        }
    }
}
