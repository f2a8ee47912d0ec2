internal import OrderedJSON

/// Each piece of rows changed, row by row or batch by batch.
struct MappedStream: DerivedStream {
    let source: any RowStream
    /// Rows that are changed together; nil: any number, for the change is made row by row.
    let batchSize: Int?
    let dropsLastBatch: Bool
    /// Gets rows and the number of the first; may give more rows, or fewer.
    let transform: @Sendable (Dataset, Int) throws -> Dataset
    var keepsTables = false

    var isTabular: Bool { keepsTables && source.isTabular }

    func with(source: any RowStream) -> any RowStream {
        MappedStream(
            source: source, batchSize: batchSize, dropsLastBatch: dropsLastBatch, transform: transform,
            keepsTables: keepsTables)
    }

    func open(at state: JSONValue?) throws -> any RowCursor {
        let cursor = Cursor(self, try source.open(at: try state?.part("source")), row: try state?.number("row") ?? 0)
        try cursor.drop(try state?.number("offset") ?? 0)
        return cursor
    }

    private final class Cursor: RowCursor {
        private let stage: MappedStream
        private let source: any RowCursor
        /// The number of the source's row that comes next.
        private var row: Int
        /// What a change gave and is not yet handed over.
        private var result: Dataset?
        private var offset = 0
        /// Where the rows behind `result` start.
        private var start: (source: JSONValue, row: Int)

        init(_ stage: MappedStream, _ source: any RowCursor, row: Int) {
            self.stage = stage
            self.source = source
            self.row = row
            start = (source.state, row)
        }

        var state: JSONValue {
            if let result, offset < result.numRows {
                return ["source": start.source, "row": .int(start.row), "offset": .int(offset)]
            }
            return ["source": source.state, "row": .int(row), "offset": 0]
        }

        func next(limit: Int) throws -> Dataset? {
            while true {
                if let result, offset < result.numRows {
                    let end = min(offset + limit, result.numRows)
                    defer { offset = end }
                    return try result.select(offset..<end)
                }
                start = (source.state, row)
                let taken =
                    try stage.batchSize.map { try source.next(exactly: $0) } ?? source.next(limit: min(limit, 1000))
                guard let taken else { return nil }
                if stage.dropsLastBatch, let size = stage.batchSize, taken.numRows < size { return nil }
                result = try stage.transform(taken, row)
                row += taken.numRows
                offset = 0
            }
        }
    }
}
