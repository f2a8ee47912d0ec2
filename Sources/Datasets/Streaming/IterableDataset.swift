public import OrderedJSON

/// Rows that are read while they are asked for, so that memory does not grow with the data: Python's `IterableDataset`.
///
/// Transforms are put one after the other and done on the way. Each pass reads the sources anew.
/// ```swift
/// let lines = try loadDataset(json: ["train": "train.jsonl"], streaming: true)["train"]
/// let long = lines.filter { (try $0["text"] as String).count > 20 }.shuffle(seed: 42, bufferSize: 1000)
/// try long.take(3).forEach { row in print(row) }
/// ```
public struct IterableDataset: Sendable {
    let stream: any RowStream
    /// Counts the passes: another order for `shuffle` in each; see ``setEpoch(_:)``.
    public private(set) var epoch = 0
    private var startingState: JSONValue?

    init(_ stream: any RowStream) { self.stream = stream }

    init(_ stream: any RowStream, as earlier: IterableDataset) {
        self.stream = stream
        epoch = earlier.epoch
    }

    /// Into how many parts the sources can be divided: files, or parts of a data set.
    public var numShards: Int { stream.shardCount }

    /// From now on `shuffle` gives the order of this epoch.
    public mutating func setEpoch(_ epoch: Int) { self.epoch = epoch }

    /// Lets the next pass go on where another one was: with the row after the last one that it gave.
    ///
    /// - Parameter state: what ``RowIterator/stateDict()`` gave for the same data set. Of another epoch it has no effect,
    ///   as in Python.
    public mutating func loadStateDict(_ state: JSONValue) { startingState = state }

    /// Starts a pass.
    /// - Throws: ``DatasetError`` where a source can't be opened, or a loaded state isn't one of this data set.
    public func makeIterator() throws -> RowIterator {
        var stream = stream
        if epoch != 0 {
            stream = stream.shufflingSources(NumPyGenerator(seed: UInt64(bitPattern: Int64(epoch)))) ?? stream
            stream = stream.shiftingGenerators(by: epoch)
        }
        guard let startingState, try startingState.number("epoch") == epoch else {
            return RowIterator(try stream.open(at: nil), epoch: epoch)
        }
        let iterator = RowIterator(try stream.open(at: try startingState.part("rows")), epoch: epoch)
        try iterator.skip(try startingState.number("offset"))
        return iterator
    }

    /// Calls `body` with each row.
    /// - Throws: what `body` throws; ``DatasetError`` where a source can't be read or a transform fails.
    public func forEach(_ body: (Row) throws -> Void) throws {
        let iterator = try makeIterator()
        while let row = try iterator.next() { try body(row) }
    }

    /// Calls `body` with batches of rows.
    ///
    /// - Parameters:
    ///   - batchSize: rows a batch; the last may be shorter.
    ///   - dropLastBatch: whether a last batch that is shorter is left out.
    ///   - body: gets a batch.
    public func forEachBatch(of batchSize: Int, dropLastBatch: Bool = false, _ body: (RowBatch) throws -> Void) throws {
        let iterator = try makeIterator()
        while let batch = try iterator.nextBatch(of: batchSize) {
            if dropLastBatch, batch.count < batchSize { return }
            try body(batch)
        }
    }

    /// All rows in memory.
    public func collect() throws -> Dataset {
        let cursor = try makeIterator()
        var parts: [Dataset] = []
        while let batch = try cursor.nextBatch(of: 10_000) { parts.append(Dataset(table: batch.table)) }
        return parts.isEmpty ? try .from(columns: []) : try Dataset.stacking(parts)
    }
}

/// A pass over an ``IterableDataset``.
public final class RowIterator {
    private let cursor: any RowCursor
    private let epoch: Int
    /// Rows that were read ahead.
    private var piece: Dataset?
    private var place = 0
    /// Where `piece` starts.
    private var start: JSONValue

    private static let ahead = 256

    init(_ cursor: any RowCursor, epoch: Int) {
        self.cursor = cursor
        self.epoch = epoch
        start = cursor.state
    }

    /// The next row; nil at the end. Its ``Row/index`` is its number in a piece of the stream.
    /// - Throws: ``DatasetError`` where a source can't be read; what a transform throws.
    public func next() throws -> Row? {
        if piece == nil || place == piece?.numRows {
            start = cursor.state
            place = 0
            piece = try cursor.next(limit: Self.ahead)
        }
        guard let piece else { return nil }
        defer { place += 1 }
        return piece[place]
    }

    /// The next rows, so many unless fewer are left; nil at the end.
    public func nextBatch(of batchSize: Int) throws -> RowBatch? {
        precondition(batchSize > 0, "batchSize: \(batchSize) is not a positive number of rows")
        var parts: [Dataset] = []
        var missing = batchSize
        if let piece, place < piece.numRows {
            let end = min(place + missing, piece.numRows)
            parts.append(try piece.select(place..<end))
            missing -= end - place
            place = end
        }
        if missing > 0 {
            piece = nil
            if let rest = try cursor.next(exactly: missing) { parts.append(rest) }
            start = cursor.state
            place = 0
        }
        guard !parts.isEmpty else { return nil }
        let rows = try Dataset.stacking(parts)
        return RowBatch(table: rows.table, indices: 0..<rows.numRows)
    }

    /// The place behind the last row that was given, for ``IterableDataset/loadStateDict(_:)``.
    ///
    /// After `shuffle` the rows before it are read again on resuming, where Python loses those in its buffer.
    public func stateDict() -> JSONValue { ["epoch": .int(epoch), "rows": start, "offset": .int(place)] }

    /// How many bytes of the source's text were read before the rows at hand; nil where that is not known.
    package var sourceOffset: Int? { start["block"]?["offset"]?.intValue }

    func skip(_ count: Int) throws {
        for _ in 0..<count { guard try next() != nil else { break } }
    }
}
