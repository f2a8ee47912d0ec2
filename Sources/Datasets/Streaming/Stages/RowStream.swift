internal import OrderedJSON

/// One stage of an ``IterableDataset``: rows that come in pieces. A stage never changes; each pass over it has a cursor
/// of its own.
protocol RowStream: Sendable {
    /// Into how many parts the sources can be divided.
    var shardCount: Int { get }
    /// Whether Python's stream of this kind hands over Arrow tables, which decides how many rows its shuffle buffer takes
    /// in at once.
    var isTabular: Bool { get }
    /// Starts at a place that a cursor of this stage gave; nil: at the first row.
    func open(at state: JSONValue?) throws -> any RowCursor
    /// The stage with its sources in another order; nil where `take` or `skip` fix the order.
    func shufflingSources(_ generator: NumPyGenerator) -> (any RowStream)?
    /// One of `count` parts of the sources.
    func shard(_ index: Int, of count: Int, contiguous: Bool) -> any RowStream
    /// The stage with generators made from its own for an epoch.
    func shiftingGenerators(by epoch: Int) -> any RowStream
}

/// A pass over a ``RowStream``.
protocol RowCursor: AnyObject {
    /// The next 1 to `limit` rows; nil at the end.
    func next(limit: Int) throws -> Dataset?
    /// Where the rows that come next start.
    var state: JSONValue { get }
}

/// A stage that changes the rows of one other.
protocol DerivedStream: RowStream {
    var source: any RowStream { get }
    func with(source: any RowStream) -> any RowStream
}

extension DerivedStream {
    var shardCount: Int { source.shardCount }
    var isTabular: Bool { source.isTabular }
    func shufflingSources(_ generator: NumPyGenerator) -> (any RowStream)? {
        source.shufflingSources(generator).map { with(source: $0) }
    }
    func shard(_ index: Int, of count: Int, contiguous: Bool) -> any RowStream {
        with(source: source.shard(index, of: count, contiguous: contiguous))
    }
    func shiftingGenerators(by epoch: Int) -> any RowStream { with(source: source.shiftingGenerators(by: epoch)) }
}

extension RowCursor {
    /// Exactly `count` rows, or those that are left; nil at the end.
    func next(exactly count: Int) throws -> Dataset? {
        var parts: [Dataset] = []
        var missing = count
        while missing > 0, let part = try next(limit: missing) {
            parts.append(part)
            missing -= part.numRows
        }
        return parts.isEmpty ? nil : try Dataset.stacking(parts)
    }

    /// Leaves rows out.
    func drop(_ count: Int) throws {
        var left = count
        while left > 0, let part = try next(limit: left) { left -= part.numRows }
    }
}

extension JSONValue {
    /// A number that a state must have.
    func number(_ key: String) throws -> Int {
        guard let number = self[key]?.intValue, number >= 0 else { throw DatasetError.badState(key) }
        return number
    }

    /// The state of another stage; nil where that is at its start.
    func part(_ key: String) throws -> JSONValue? {
        guard let part = self[key] else { throw DatasetError.badState(key) }
        // Not `nil`, which may mean JSON's null here.
        return part == .null ? Optional.none : .some(part)
    }
}

extension DatasetError {
    static func badState(_ key: String) -> DatasetError {
        .invalidArgument(name: "stateDict", problem: "has no valid '\(key)'; is it the state of another data set?")
    }
}
