/// Gives training or evaluation its batches, epoch after epoch.
///
/// ``ExampleLoader`` and ``StreamLoader`` are the ones used by default. For batches from elsewhere override
/// ``Trainer/trainDataLoader()``:
/// ```swift
/// final class Generated: DataLoader {
///     var batchCount: Int? { 100 }
///     func batches(epoch: Int, skipping: Int) -> BatchIterator {
///         var next = skipping
///         return BatchIterator {
///             guard next < 100 else { return nil }
///             defer { next += 1 }
///             return makeBatch(epoch, next)
///         }
///     }
/// }
/// ```
public protocol DataLoader: AnyObject {
    /// Batches in an epoch; nil: not known before its end, and training then needs `maxSteps`.
    var batchCount: Int? { get }

    /// Rows in an epoch, for the speed figures; nil: told from the number of batches. Default nil.
    var rowCount: Int? { get }

    /// Whether the order of an epoch depends on the CPU's default random generator; see
    /// ``Sampler/drawsFromDefaultGenerator``. Default false.
    var drawsFromDefaultGenerator: Bool { get }

    /// Whether an evaluation puts what it gathers in the places of ``Batch/rows``; see ``Sampler/isPutBack``. Default false.
    var isPutBack: Bool { get }

    /// A loader of one rank's part of the batches, as accelerate's `prepare`. Default: whole batches in turn; each rank
    /// then makes all of them, so a loader that can leave out the others' should.
    func sharded(_ shard: BatchShard) -> any DataLoader

    /// Starts an epoch.
    ///
    /// - Parameters:
    ///   - epoch: Counted from 0.
    ///   - skipping: Batches at its start that a resumed run has seen already.
    /// - Returns: The batches after those, on the CPU.
    func batches(epoch: Int, skipping: Int) throws -> BatchIterator
}

extension DataLoader {
    public var rowCount: Int? { nil }
    public var drawsFromDefaultGenerator: Bool { false }
    public var isPutBack: Bool { false }
    public func sharded(_ shard: BatchShard) -> any DataLoader { RoundRobinLoader(self, shard) }
}

/// The batches of one epoch, one after the other.
public struct BatchIterator {
    private let body: () throws -> Batch?

    /// - Parameter next: Gives the next batch; nil at the end.
    public init(_ next: @escaping () throws -> Batch?) { body = next }

    /// The next batch; nil at the end.
    public func next() throws -> Batch? { try body() }
}
