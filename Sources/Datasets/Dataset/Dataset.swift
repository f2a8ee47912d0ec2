/// A table of rows for training or evaluation: an immutable set of Arrow columns, of which rows are shown in some
/// order.
///
/// A data set is a collection of ``Row``s. Everything that changes it (`map`, `filter`, `shuffle`, …) gives a new one
/// that shares the columns' memory; choosing or ordering rows copies none of them. Names and behaviour follow Python's
/// `datasets`.
public struct Dataset: Sendable {
    let table: TableStorage

    init(table: TableStorage) { self.table = table }

    /// The number of rows.
    public var numRows: Int { table.rowCount }
    /// The number of columns.
    public var numColumns: Int { table.columns.count }
    /// The names of the columns, in order.
    public var columnNames: [String] { table.columns.map(\.name) }
    /// The columns' names and types, in order.
    public var features: Features {
        Features(table.columns.map { Features.Feature(name: $0.name, type: $0.type) })
    }

    /// All rows as one batch.
    public var batch: RowBatch { RowBatch(table: table, indices: 0..<numRows) }

    /// All values of a column, as the type that the context asks for: `let labels: [Int] = try rows.column("label")`.
    /// - Throws: ``DatasetError`` where there is no such column, or a value is null or of another type.
    public func column<Value: RowValue>(_ name: String) throws -> [Value] {
        try batch[name]
    }

    /// Calls `body` with each row's number and the UTF-8 text of a string column, which is valid during the call only.
    /// Makes no `String`, for whole-column work such as tokenizing or counting.
    /// - Throws: ``DatasetError`` where there is no such column, it holds no strings, or a value is null; what `body`
    ///   throws.
    public func forEachUTF8(in column: String, _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        let column = table.columns[try table.requirePlace(of: column)]
        for row in 0..<numRows {
            let cell = Cell(table: table, column: column, row: row)
            guard column.array.type.isString, !cell.isNull else { throw cell.mismatch(wanted: "string") }
            try withExtendedLifetime(column) { try body(row, cell.chunk.utf8(cell.index)) }
        }
    }
}

extension Dataset: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { numRows }

    /// The row at `position`, which must be in `0..<numRows`.
    public subscript(position: Int) -> Row {
        precondition(position >= 0 && position < numRows, "row \(position) of a data set of \(numRows) rows")
        return Row(table: table, index: position)
    }
}

extension Dataset: CustomStringConvertible {
    /// As Python prints it: the columns' names and the number of rows.
    public var description: String {
        """
        Dataset({
            features: [\(columnNames.map { "'\($0)'" }.joined(separator: ", "))],
            num_rows: \(numRows)
        })
        """
    }
}
