extension Dataset {
    /// The data set with the columns that `transform` gives for each row, as Python's `map`: new columns are added at
    /// the end, one of an existing name replaces it in its place.
    ///
    /// - Parameters:
    ///   - removeColumns: columns to leave out of the result; `transform` still sees them.
    ///   - transform: gives the same column names for every row.
    /// - Throws: what `transform` throws; ``DatasetError`` where names or types differ from row to row.
    public func map<Result: RowConvertible>(
        removeColumns: [String] = [], _ transform: (Row) throws -> Result
    ) throws -> Dataset {
        try mapRows(removing: removeColumns) { try transform($0).columns }
    }

    /// The same for a dictionary of several types: `rows.map { ["words": count, "name": "x"] }`. Its columns come
    /// sorted by name.
    public func map(
        removeColumns: [String] = [], _ transform: (Row) throws -> [String: any CellConvertible]
    ) throws -> Dataset {
        try mapRows(removing: removeColumns) { row in
            try transform(row).sorted { $0.key < $1.key }.map { ($0.key, $0.value.cellValue) }
        }
    }

    private func mapRows(
        removing removed: [String], _ transform: (Row) throws -> [(name: String, value: CellValue)]
    ) throws -> Dataset {
        for name in removed { _ = try table.requirePlace(of: name) }
        var builders: [ColumnBuilder] = []
        for row in self {
            let values = try transform(row)
            if row.index == 0 { builders = try Self.builders(named: values.map(\.name)) }
            try check(values.map(\.name), against: builders, row: row.index)
            for (builder, (_, value)) in zip(builders, values) {
                do {
                    try builder.append(value)
                } catch DatasetError.typeMismatch(let column, _, _, let found, let wanted) {
                    throw DatasetError.typeMismatch(
                        column: column, row: row.index, location: row.sourceLocation, found: found, wanted: wanted)
                }
            }
        }
        return try merging(builders.map { Column(name: $0.name, array: try $0.finish()) }, removing: removed)
    }

    static func builders(named names: [String]) throws -> [ColumnBuilder] {
        if let twice = names.enumerated().first(where: { names[..<$0.offset].contains($0.element) }) {
            throw DatasetError.duplicateColumn(name: twice.element, file: nil)
        }
        return names.map { ColumnBuilder(name: $0) }
    }

    func check(_ names: [String], against builders: [ColumnBuilder], row: Int) throws {
        guard names.count == builders.count, zip(names, builders).allSatisfy({ $0 == $1.name }) else {
            throw DatasetError.invalidArgument(
                name: "transform",
                problem: "gives the columns \(names) for row \(row), but \(builders.map(\.name)) for the rows before")
        }
    }

    /// The data set with `new` columns added or put in their namesakes' places.
    func merging(_ new: [Column], removing removed: [String]) throws -> Dataset {
        var columns = table.columns.filter { !removed.contains($0.name) }
        for column in new {
            if let place = columns.firstIndex(where: { $0.name == column.name }) {
                columns[place] = column
            } else {
                columns.append(column)
            }
        }
        return Dataset(table: table.with(columns: columns))
    }
}
