internal import OrderedJSON

/// Rows in the random order of a buffer that is filled, shuffled, and half of it handed over: that of Python's
/// `shuffle(seed, buffer_size)`.
struct ShuffledStream: DerivedStream {
    let source: any RowStream
    let bufferSize: Int
    let generator: NumPyGenerator
    /// Of so many sources the rows are mixed before they come into the buffer.
    let maxBufferInputShards: Int
    /// Rows that come into the buffer together.
    let pieceSize: Int

    func with(source: any RowStream) -> any RowStream { with(source, generator) }

    private func with(_ source: any RowStream, _ generator: NumPyGenerator) -> ShuffledStream {
        ShuffledStream(
            source: source, bufferSize: bufferSize, generator: generator, maxBufferInputShards: maxBufferInputShards,
            pieceSize: pieceSize)
    }

    func shiftingGenerators(by epoch: Int) -> any RowStream {
        with(source.shiftingGenerators(by: epoch), generator.shifted(by: epoch))
    }

    /// A buffer can't be stored: a state is the number of rows handed over, which are read again and left out.
    func open(at state: JSONValue?) throws -> any RowCursor {
        let cursor = Cursor(
            try mixed.open(at: nil), bufferSize: bufferSize, pieceSize: source.isTabular ? pieceSize : nil,
            isMixed: maxBufferInputShards > 1, generator: generator)
        try cursor.drop(try state?.number("done") ?? 0)
        return cursor
    }

    /// The source with its shards taken in turn.
    private var mixed: any RowStream {
        let count = min(source.shardCount, maxBufferInputShards)
        // Also of a single source: its last piece may be shorter.
        guard count > 0, maxBufferInputShards > 1 else { return source }
        return CyclingStream(
            parts: (0..<count).map { source.shard($0, of: count, contiguous: true) },
            strategy: .allExhaustedWithoutReplacement, pieceSize: source.isTabular ? pieceSize : 1)
    }

    private final class Cursor: RowCursor {
        private let source: any RowCursor
        private let bufferSize: Int
        /// nil: single rows.
        private let pieceSize: Int?
        /// Whether the source hands over whole pieces.
        private let isMixed: Bool
        private var generator: NumPyGenerator
        private var buffer: [Dataset] = []
        private var count = 0
        /// Shuffled rows that are handed over next.
        private var ready: Dataset?
        private var place = 0
        private var done = 0
        private var isAtEnd = false

        init(_ source: any RowCursor, bufferSize: Int, pieceSize: Int?, isMixed: Bool, generator: NumPyGenerator) {
            self.source = source
            self.bufferSize = bufferSize
            self.pieceSize = pieceSize
            self.isMixed = isMixed
            self.generator = generator
        }

        var state: JSONValue { ["done": .int(done)] }

        func next(limit: Int) throws -> Dataset? {
            while true {
                if let ready, place < ready.numRows {
                    let end = min(place + limit, ready.numRows)
                    defer {
                        done += end - place
                        place = end
                    }
                    return try ready.select(place..<end)
                }
                ready = nil
                guard !isAtEnd else { return nil }
                try fill()
            }
        }

        private func nextPiece() throws -> Dataset? {
            guard let pieceSize else { return try source.next(limit: bufferSize - count) }
            return try isMixed ? source.next(limit: pieceSize) : source.next(exactly: pieceSize)
        }

        private func fill() throws {
            while count < bufferSize {
                guard let piece = try nextPiece() else {
                    isAtEnd = true
                    break
                }
                buffer.append(piece)
                count += piece.numRows
            }
            guard count > 0 else { return }
            let order = generator.permutation(count)
            let kept = isAtEnd ? 0 : bufferSize / 2
            let all = try Dataset.stacking(buffer)
            ready = all.selecting(Array(order[..<(count - kept)]))
            place = 0
            // Copied, for a row would keep the whole block that it was read with.
            buffer = kept == 0 ? [] : [try all.selecting(Array(order[(count - kept)...])).detached()]
            count = kept
        }
    }
}

extension Dataset {
    /// A copy that holds the memory of its own rows alone.
    func detached() throws -> Dataset {
        let columns = try table.columns.map { try $0.gathered(rowCount: numRows) }
        return Dataset(table: TableStorage(columns: columns, rowCount: numRows, source: nil))
    }
}
