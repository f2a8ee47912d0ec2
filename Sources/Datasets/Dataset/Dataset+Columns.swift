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
