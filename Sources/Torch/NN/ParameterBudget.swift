import Synchronization

/// How many numbers the parameters of modules may have that are made meanwhile: so that sizes which come from a file cannot
/// use up the memory before they are compared with the weights.
package final class ParameterBudget: Sendable {
    @TaskLocal private static var current: ParameterBudget?

    private let limit: Int
    private let used = Atomic<Int>(0)
    private let exceeded = Atomic<Bool>(false)

    /// - Parameter limit: In numbers.
    package init(limit: Int) { self.limit = limit }

    /// Whether more was asked for than there is.
    package var isExceeded: Bool { exceeded.load(ordering: .relaxed) }

    /// Makes modules within this budget. What goes over it is a failure of the error scope around.
    package func callAsFunction<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Self.$current.withValue(self) { try body() }
    }

    private func take(_ shape: [Int]) -> Bool {
        var count = 1
        var isTooLarge = false
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: max(size, 0))
            (count, isTooLarge) = (product, isTooLarge || overflow)
        }
        guard !isTooLarge, count <= limit, used.add(count, ordering: .relaxed).newValue <= limit else {
            exceeded.store(true, ordering: .relaxed)
            recordFailure("parameter \(shape)", "more parameters than are allowed here (\(limit))")
            return false
        }
        return true
    }

    /// Zeros for a parameter; nothing where the budget is used up.
    package static func zeros(_ shape: [Int]) -> Tensor {
        current?.take(shape) == false ? Tensor.zeros([0]) : Tensor.zeros(shape)
    }

    /// Ones for a parameter; nothing where the budget is used up.
    package static func ones(_ shape: [Int]) -> Tensor {
        current?.take(shape) == false ? Tensor.zeros([0]) : Tensor.ones(shape)
    }
}
