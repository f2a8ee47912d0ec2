internal import OrderedJSON

/// A file, or part of one, that is read block by block.
protocol BlockSource: Sendable {
    /// Starts at the block at `position`; nil: at the first.
    func open(at position: JSONValue?) throws -> any BlockReader
}

protocol BlockReader: AnyObject {
    /// Where the next block starts.
    var position: JSONValue { get }
    /// The rows of the next block, at least one; nil at the end.
    func next() throws -> Dataset?
}

/// Sources one after the other: where a stream begins.
struct SourceStream: RowStream {
    let sources: [any BlockSource]

    var shardCount: Int { sources.count }
    var isTabular: Bool { true }

    func open(at state: JSONValue?) throws -> any RowCursor { try SourceCursor(sources, at: state) }

    func shufflingSources(_ generator: NumPyGenerator) -> (any RowStream)? {
        var generator = generator
        var shuffled = sources
        generator.shuffle(&shuffled)
        return SourceStream(sources: shuffled)
    }

    func shard(_ index: Int, of count: Int, contiguous: Bool) -> any RowStream {
        SourceStream(sources: Shards.choose(sources, index, of: count, contiguous: contiguous))
    }

    func shiftingGenerators(by epoch: Int) -> any RowStream { self }
}

extension Shards {
    static func choose<Element>(_ all: [Element], _ index: Int, of count: Int, contiguous: Bool) -> [Element] {
        if contiguous { return Array(all[range(of: index, count: count, total: all.count)]) }
        return stride(from: index, to: all.count, by: count).map { all[$0] }
    }
}

private final class SourceCursor: RowCursor {
    private let sources: [any BlockSource]
    private var number: Int
    private var reader: (any BlockReader)?
    private var block: Dataset?
    /// Where the block at hand starts, and which of its rows comes next.
    private var blockPosition: JSONValue?
    private var row = 0

    init(_ sources: [any BlockSource], at state: JSONValue?) throws {
        self.sources = sources
        number = try state?.number("source") ?? 0
        guard let state, number < sources.count, let position = state["block"], position != .null else { return }
        reader = try sources[number].open(at: position)
        try loadBlock()
        row = try state.number("row")
    }

    var state: JSONValue {
        let isAtStart = block == nil && reader == nil
        return [
            "source": .int(number), "block": isAtStart ? .null : blockPosition ?? reader?.position ?? .null,
            "row": .int(row),
        ]
    }

    func next(limit: Int) throws -> Dataset? {
        while number < sources.count {
            if let block, row < block.numRows {
                let end = min(row + limit, block.numRows)
                defer { row = end }
                return try block.select(row..<end)
            }
            if reader == nil { reader = try sources[number].open(at: nil) }
            try loadBlock()
            if block == nil {
                reader = nil
                blockPosition = nil
                number += 1
            }
        }
        return nil
    }

    private func loadBlock() throws {
        row = 0
        blockPosition = reader?.position
        block = try reader?.next()
    }
}
