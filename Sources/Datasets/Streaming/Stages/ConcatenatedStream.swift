internal import OrderedJSON

/// Stages one after the other.
struct ConcatenatedStream: RowStream {
    let parts: [any RowStream]

    var shardCount: Int { parts.reduce(0) { $0 + $1.shardCount } }
    var isTabular: Bool { parts.allSatisfy(\.isTabular) }

    private var shards: [any RowStream] {
        parts.flatMap { part in
            (0..<part.shardCount).map { part.shard($0, of: part.shardCount, contiguous: true) }
        }
    }

    func shufflingSources(_ generator: NumPyGenerator) -> (any RowStream)? {
        var generator = generator
        var shuffled = shards
        generator.shuffle(&shuffled)
        return ConcatenatedStream(parts: shuffled)
    }

    func shard(_ index: Int, of count: Int, contiguous: Bool) -> any RowStream {
        ConcatenatedStream(parts: Shards.choose(shards, index, of: count, contiguous: contiguous))
    }

    func shiftingGenerators(by epoch: Int) -> any RowStream {
        ConcatenatedStream(parts: parts.map { $0.shiftingGenerators(by: epoch) })
    }

    func open(at state: JSONValue?) throws -> any RowCursor { try Cursor(parts, at: state) }

    private final class Cursor: RowCursor {
        private let parts: [any RowStream]
        private var number: Int
        private var cursor: (any RowCursor)?

        init(_ parts: [any RowStream], at state: JSONValue?) throws {
            self.parts = parts
            number = try state?.number("part") ?? 0
            if let state, number < parts.count { cursor = try parts[number].open(at: try state.part("source")) }
        }

        var state: JSONValue {
            guard number < parts.count else { return ["part": .int(number), "source": .null] }
            return ["part": .int(number), "source": cursor?.state ?? .null]
        }

        func next(limit: Int) throws -> Dataset? {
            while number < parts.count {
                let open = try cursor ?? parts[number].open(at: nil)
                cursor = open
                if let rows = try open.next(limit: limit) { return rows }
                number += 1
                cursor = nil
            }
            return nil
        }
    }
}
