internal import OrderedJSON

/// A pass over a stage that knows whether a row is left before it is asked for.
struct PeekingCursor {
    private let source: any RowCursor
    private let pieceSize: Int
    /// What was read ahead, and where it starts.
    private var piece: Dataset?
    private var place = 0
    private var start: JSONValue

    /// Single rows are read so many at a time.
    private static let ahead = 100

    init(_ stream: any RowStream, pieceSize: Int, at state: JSONValue?) throws {
        source = try stream.open(at: try state?.part("at"))
        self.pieceSize = pieceSize
        start = source.state
        if let state {
            piece = try read()
            place = try state.number("place")
            guard place <= piece?.numRows ?? 0 else { throw DatasetError.badState("place") }
        }
    }

    var state: JSONValue { ["at": start, "place": .int(place)] }

    /// The next rows of a piece; nil at the end.
    mutating func take() throws -> (piece: Dataset, rows: Range<Int>)? {
        guard try !isAtEnd(), let piece else { return nil }
        let rows = place..<min(place + pieceSize, piece.numRows)
        place = rows.upperBound
        return (piece, rows)
    }

    mutating func isAtEnd() throws -> Bool {
        if let piece, place < piece.numRows { return false }
        start = source.state
        piece = try read()
        place = 0
        return piece == nil
    }

    private func read() throws -> Dataset? {
        try pieceSize == 1 ? source.next(limit: Self.ahead) : source.next(exactly: pieceSize)
    }
}
