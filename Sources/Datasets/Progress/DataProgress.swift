/// How far a piece of work on data has come.
public struct DataProgress: Sendable, Hashable {
    public enum Unit: String, Sendable, Hashable { case rows, bytes }

    /// What is done: `Map`, `Filter`, or the words that `desc` gave.
    public let description: String
    /// How much of it is done.
    public let done: Int
    /// How much there is; nil where it is not known.
    public let total: Int?
    public let unit: Unit
    /// Whether this is the last report of this work.
    public let isFinished: Bool

    public init(description: String, done: Int, total: Int?, unit: Unit = .rows, isFinished: Bool = false) {
        self.description = description
        self.done = done
        self.total = total
        self.unit = unit
        self.isFinished = isFinished
    }
}

/// Who is told how work on data goes.
enum ProgressObserver {
    @TaskLocal static var current: (@Sendable (DataProgress) -> Void)?

    static func report(_ description: String, done: Int, total: Int?, unit: DataProgress.Unit = .rows) {
        current?(DataProgress(description: description, done: done, total: total, unit: unit))
    }

    static func finish(_ description: String, done: Int, unit: DataProgress.Unit = .rows) {
        current?(DataProgress(description: description, done: done, total: done, unit: unit, isFinished: true))
    }
}

/// Lets `observer` know how loading and transforms go that `body` does: after each batch, on the thread that called.
/// Without an observer they are quiet.
///
/// ```swift
/// let rows = try withDataProgress({ print("\($0.description): \($0.done)") }) {
///     try reviews.map(numProc: 2) { … }
/// }
/// ```
public func withDataProgress<Result>(
    _ observer: @escaping @Sendable (DataProgress) -> Void, _ body: () throws -> Result
) rethrows -> Result {
    try ProgressObserver.$current.withValue(observer, operation: body)
}
