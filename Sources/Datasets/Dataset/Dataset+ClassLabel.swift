extension Dataset {
    /// The data set with a column as class labels: strings become the numbers of their classes, integers are checked.
    ///
    /// - Throws: ``DatasetError`` naming the row, where a value is null or no class.
    public func castColumn(_ name: String, to label: ClassLabel) throws -> Dataset {
        try castColumn(name, to: label) { cell in
            switch cell.value {
            case .string(let name): return try label.str2int(name)
            case .int(let number):
                _ = try label.int2str(number)
                return number
            default: throw cell.mismatch(wanted: "a class label")
            }
        }
    }

    /// The data set with a column as class labels whose names are its distinct values, sorted as text by Unicode
    /// scalars; integers too, as Python's `class_encode_column` does (`"10"` comes before `"2"`).
    ///
    /// - Throws: ``DatasetError`` where the column holds other types or nulls.
    public func classEncodeColumn(_ name: String) throws -> Dataset {
        let column = table.columns[try table.requirePlace(of: name)]
        var names: Set<String> = []
        for row in 0..<numRows { names.insert(try Self.className(in: Cell(table: table, column: column, row: row))) }
        let sorted = names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        let label = try ClassLabel(names: sorted)
        return try castColumn(name, to: label) { try label.str2int(Self.className(in: $0)) }
    }

    private static func className(in cell: Cell) throws -> String {
        switch cell.value {
        case .string(let value): return value
        case .int(let value): return String(value)
        default: throw cell.mismatch(wanted: "string or int64")
        }
    }

    private func castColumn(
        _ name: String, to label: ClassLabel, number: (Cell) throws -> Int
    ) throws -> Dataset {
        let place = try table.requirePlace(of: name)
        let builder = ColumnBuilder(name: name)
        for row in 0..<numRows {
            let cell = Cell(table: table, column: table.columns[place], row: row)
            do {
                try builder.append(.int(try number(cell)))
            } catch DatasetError.invalidArgument(_, let problem) {
                let origin = cell.location.map { "\($0)" } ?? "row \(row)"
                throw DatasetError.invalidArgument(name: "\(origin), column '\(name)'", problem: problem)
            }
        }
        var columns = table.columns
        columns[place] = Column(name: name, type: .classLabel(label), array: try builder.finish())
        return Dataset(table: table.with(columns: columns))
    }
}
