internal import OrderedJSON

/// The first rows alone, or all but the first; they fix the order of the sources, as in Python.
struct CountedStream: DerivedStream {
    enum Part: Sendable { case first, rest }

    let source: any RowStream
    let part: Part
    let count: Int

    func with(source: any RowStream) -> any RowStream { CountedStream(source: source, part: part, count: count) }

    func shufflingSources(_ generator: NumPyGenerator) -> (any RowStream)? { nil }

    /// The number of rows is divided among the parts, for the total to stay.
    func shard(_ index: Int, of count: Int, contiguous: Bool) -> any RowStream {
        let filled = min(count, shardCount)
        let share = index < filled ? Shards.range(of: index, count: filled, total: self.count).count : 0
        return CountedStream(
            source: source.shard(index, of: count, contiguous: contiguous), part: part, count: share)
    }

    func open(at state: JSONValue?) throws -> any RowCursor {
        let cursor = try source.open(at: try state?.part("source"))
        return Cursor(cursor, part, count: count, done: try state?.number("done") ?? 0)
    }

    private final class Cursor: RowCursor {
        private let source: any RowCursor
        private let part: Part
        private let count: Int
        private var done: Int

        init(_ source: any RowCursor, _ part: Part, count: Int, done: Int) {
            self.source = source
            self.part = part
            self.count = count
            self.done = done
        }

        var state: JSONValue { ["source": source.state, "done": .int(done)] }

        func next(limit: Int) throws -> Dataset? {
            switch part {
            case .first:
                guard done < count, let rows = try source.next(limit: min(limit, count - done)) else { return nil }
                done += rows.numRows
                return rows
            case .rest:
                if done < count {
                    try source.drop(count - done)
                    done = count
                }
                return try source.next(limit: limit)
            }
        }
    }
}
