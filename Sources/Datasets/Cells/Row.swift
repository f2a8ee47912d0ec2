/// One row of a ``Dataset``, read in place: `let text: String = try row["text"]`.
public struct Row: Sendable {
    let table: TableStorage
    /// The row's number in its data set, from 0.
    public let index: Int

    /// The value of a column, as the type that the context asks for.
    /// - Throws: ``DatasetError`` where there is no such column, or its value is null or of another type.
    public subscript<Value: RowValue>(column: String) -> Value {
        get throws { try cell(column).read(as: Value.self) }
    }

    /// The cell of a column.
    /// - Throws: ``DatasetError/unknownColumn(name:available:)``
    public func cell(_ column: String) throws -> Cell {
        Cell(table: table, column: table.columns[try table.requirePlace(of: column)], row: index)
    }

    /// The names of the columns, in order.
    public var columnNames: [String] { table.columns.map(\.name) }

    /// The names and values of all columns, in order.
    public var values: [(name: String, value: CellValue)] {
        table.columns.map { ($0.name, Cell(table: table, column: $0, row: index).value) }
    }

    /// Where the row came from; nil for data that was made in memory.
    public var sourceLocation: SourceLocation? { table.sourceLocation(ofRow: index) }
}

extension Cell {
    func read<Value: RowValue>(as type: Value.Type) throws -> Value { try Value.read(self) }
}

extension Row: CustomStringConvertible {
    /// As Python prints it: `{'text': 'good', 'label': 1}`.
    public var description: String {
        "{" + values.map { "'\($0.name)': \($0.value)" }.joined(separator: ", ") + "}"
    }
}
