/// Some rows of a ``Dataset`` that follow one another.
public struct RowBatch: Sendable, RandomAccessCollection {
    let table: TableStorage
    /// The rows' numbers in their data set.
    public let indices: Range<Int>

    public var startIndex: Int { indices.lowerBound }
    public var endIndex: Int { indices.upperBound }
    public subscript(position: Int) -> Row { Row(table: table, index: position) }

    /// The values of a column, as the type that the context asks for.
    /// - Throws: ``DatasetError`` where there is no such column, or a value is null or of another type.
    public subscript<Value: RowValue>(column: String) -> [Value] {
        get throws {
            let column = table.columns[try table.requirePlace(of: column)]
            return try indices.map { try Value.read(Cell(table: table, column: column, row: $0)) }
        }
    }
}
