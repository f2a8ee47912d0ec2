/// The order in which an epoch visits rows.
///
/// Given by ``Trainer/trainSampler(_:)``, which a subclass overrides for an order of its own:
/// ```swift
/// struct Backwards: Sampler {
///     let count: Int
///     func rows(epoch: Int) -> [Int] { (0..<count).reversed() }
/// }
/// ```
public protocol Sampler {
    /// How many rows an epoch visits; a row may come several times, or never.
    var count: Int { get }

    /// Places of the rows in the data set, in the order of an epoch.
    ///
    /// To be the same for the same epoch, so that a resumed run goes on with the same rows.
    /// - Throws: What is wrong with the data.
    func rows(epoch: Int) throws -> [Int]

    /// The rows of each batch of an epoch. Default: ``rows(epoch:)`` cut into pieces.
    func batches(epoch: Int, batchSize: Int, dropLast: Bool) throws -> [[Int]]

    /// The number of batches in an epoch. Default: as ``batches(epoch:batchSize:dropLast:)`` cuts them.
    func batchCount(batchSize: Int, dropLast: Bool) -> Int

    /// Whether the order draws from the CPU's default random generator. A checkpoint then keeps the generator's state at
    /// the epoch's start as well, from which a resumed run draws the same order. Default false.
    var drawsFromDefaultGenerator: Bool { get }

    /// Whether an evaluation in this order puts what it gathers back in the data set's order, by ``Batch/rows``. Default
    /// false: results come in the order of the visit.
    var isPutBack: Bool { get }

    /// Whether a batch with fewer rows than the batch size is one to be filled up where ranks share the batches. Default
    /// true; false where batches are of any size.
    var hasFixedBatchSize: Bool { get }
}

extension Sampler {
    public var drawsFromDefaultGenerator: Bool { false }
    public var isPutBack: Bool { false }
    public var hasFixedBatchSize: Bool { true }

    public func batchCount(batchSize: Int, dropLast: Bool) -> Int {
        dropLast ? count / batchSize : (count + batchSize - 1) / batchSize
    }

    public func batches(epoch: Int, batchSize: Int, dropLast: Bool) throws -> [[Int]] {
        let rows = try rows(epoch: epoch)
        let number = dropLast ? rows.count / batchSize : (rows.count + batchSize - 1) / batchSize
        return (0..<number).map { Array(rows[$0 * batchSize..<Swift.min(($0 + 1) * batchSize, rows.count)]) }
    }
}

/// The data set's own order.
public struct SequentialSampler: Sampler {
    public let count: Int

    public init(count: Int) { self.count = count }

    public func rows(epoch: Int) -> [Int] { Array(0..<count) }
}
