extension Dataset {
    /// Checks that columns exist and hold a value in every row.
    ///
    /// - Parameters:
    ///   - names: the columns.
    ///   - allowingEmpty: whether an empty string counts as a value.
    /// - Throws: ``DatasetError/unknownColumn(name:available:)``, or ``DatasetError/missingValue(column:row:location:)``
    ///   with file and line of the first row that lacks one.
    public func requireColumns(_ names: [String], allowingEmpty: Bool = true) throws {
        let columns = try names.map { table.columns[try table.requirePlace(of: $0)] }
        var first: (row: Int, column: Column)?
        for column in columns {
            let isText = column.array.type.isString
            if column.array.nullCount == 0, allowingEmpty || !isText { continue }
            for row in 0..<(first?.row ?? numRows) {
                let (chunk, index) = column.locate(row)
                if chunk.isNull(index) || (isText && !allowingEmpty && chunk.utf8(index).isEmpty) {
                    first = (row, column)
                    break
                }
            }
        }
        if let first {
            throw DatasetError.missingValue(
                column: first.column.name, row: first.row, location: sourceLocation(ofRow: first.row))
        }
    }

    /// Where the row `row` came from: its file, and the physical line it starts on, counted from 1. Holds after
    /// `select`, `shuffle`, `filter` and `map` too; nil for data that was made in memory.
    ///
    /// The first call reads through the file once.
    public func sourceLocation(ofRow row: Int) -> SourceLocation? { table.sourceLocation(ofRow: row) }
}

extension TableStorage {
    func sourceLocation(ofRow row: Int) -> SourceLocation? {
        source?.location(ofRow: row)
    }
}
