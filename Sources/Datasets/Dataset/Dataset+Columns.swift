extension Dataset {
    /// The data set with a column under another name.
    /// - Throws: ``DatasetError`` where there is no such column, or the new name is taken.
    public func renameColumn(_ name: String, to newName: String) throws -> Dataset {
        let place = try table.requirePlace(of: name)
        guard newName == name || table.place(of: newName) == nil else {
            throw DatasetError.duplicateColumn(name: newName, file: nil)
        }
        var columns = table.columns
        columns[place] = columns[place].renamed(newName)
        return Dataset(table: table.with(columns: columns))
    }

    /// The data set without a column.
    /// - Throws: ``DatasetError/unknownColumn(name:available:)``
    public func removeColumn(_ name: String) throws -> Dataset { try removeColumns([name]) }

    /// The data set without some columns.
    /// - Throws: ``DatasetError/unknownColumn(name:available:)``
    public func removeColumns(_ names: [String]) throws -> Dataset {
        for name in names { _ = try table.requirePlace(of: name) }
        return Dataset(table: table.with(columns: table.columns.filter { !names.contains($0.name) }))
    }

    /// The data set with these columns alone, in this order.
    /// - Throws: ``DatasetError`` where there is no such column, or one is named twice.
    public func selectColumns(_ names: [String]) throws -> Dataset {
        if let twice = names.enumerated().first(where: { names[..<$0.offset].contains($0.element) }) {
            throw DatasetError.duplicateColumn(name: twice.element, file: nil)
        }
        return Dataset(
            table: table.with(columns: try names.map { table.columns[try table.requirePlace(of: $0)] }))
    }

    /// The data set with one more column at its end.
    /// - Throws: ``DatasetError`` where the name is taken, the number of values is not that of the rows, or the values
    ///   are of several types.
    public func addColumn(_ name: String, _ values: any ColumnConvertible) throws -> Dataset {
        guard table.place(of: name) == nil else { throw DatasetError.duplicateColumn(name: name, file: nil) }
        guard values.count == numRows else {
            throw DatasetError.invalidArgument(
                name: "column '\(name)'", problem: "has \(values.count) values for \(numRows) rows")
        }
        return Dataset(table: table.with(columns: table.columns + [try Column(name: name, values: values)]))
    }
}

extension Dataset {
    /// The data set with columns under other names, given as old and new name.
    /// - Throws: ``DatasetError`` where there is no such column, or two would have one name.
    public func renameColumns(_ names: [String: String]) throws -> Dataset {
        for name in names.keys { _ = try table.requirePlace(of: name) }
        let columns = table.columns.map { $0.renamed(names[$0.name] ?? $0.name) }
        var seen: Set<String> = []
        if let twice = columns.first(where: { !seen.insert($0.name).inserted }) {
            throw DatasetError.duplicateColumn(name: twice.name, file: nil)
        }
        return Dataset(table: table.with(columns: columns))
    }

    /// The data set with one more row at its end. A column that `item` lacks is null there; one that only `item` has is
    /// null in the rows before.
    /// - Throws: ``DatasetError`` where a value is not of its column's type.
    public func addItem(_ item: some RowConvertible) throws -> Dataset {
        let columns = try item.columns.map { name, value in
            let type = table.place(of: name).map { table.columns[$0].type }
            let builder = ColumnBuilder(name: name, type: type == .null ? nil : type?.storage)
            do {
                try builder.append(value)
            } catch DatasetError.typeMismatch(let column, _, _, let found, let wanted) {
                throw DatasetError.typeMismatch(
                    column: column, row: numRows, location: nil, found: found, wanted: wanted)
            }
            return Column(name: name, type: type == .null ? nil : type, array: try builder.finish())
        }
        return try .stacking([self, Dataset(table: TableStorage(columns: columns, rowCount: 1, source: nil))])
    }
}
