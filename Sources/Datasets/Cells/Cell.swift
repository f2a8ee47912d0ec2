/// One place in a data set: what a ``RowValue`` reads itself from.
public struct Cell {
    let table: TableStorage
    let column: Column
    /// The row in the data set.
    let row: Int
    let chunk: ColumnChunk
    /// The row in the chunk.
    let index: Int

    init(table: TableStorage, column: Column, row: Int) {
        self.table = table
        self.column = column
        self.row = row
        (chunk, index) = column.locate(row)
    }

    /// The column's name.
    public var columnName: String { column.name }
    /// The column's type.
    public var type: FeatureType { column.type }
    public var isNull: Bool { chunk.isNull(index) }

    /// The value, whatever its type. Text that isn't UTF-8 (only Arrow files can hold such) has U+FFFD in its place.
    public var value: CellValue { chunk.cellValue(index, type: column.array.type) }

    /// The error that says that the value is not of the type asked for.
    public func mismatch(wanted: String) -> DatasetError {
        isNull
            ? .missingValue(column: columnName, row: row, location: location)
            : .typeMismatch(
                column: columnName, row: row, location: location, found: column.type.description, wanted: wanted)
    }

    /// Where the row came from; nil for data that was made in memory.
    public var location: SourceLocation? { table.sourceLocation(ofRow: row) }
}
