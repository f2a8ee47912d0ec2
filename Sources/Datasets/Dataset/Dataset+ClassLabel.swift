extension Dataset {
    /// The data set with a column as class labels: strings become the numbers of their classes, integers are checked. A
    /// column of lists becomes one of lists of class labels.
    ///
    /// - Throws: ``DatasetError`` naming the row, where a value is null or no class.
    public func castColumn(_ name: String, to label: ClassLabel) throws -> Dataset {
        try castColumn(name, to: label) { cell in
            func checked(_ number: Int) throws -> Int {
                _ = try label.int2str(number)
                return number
            }
            switch cell.value {
            case .string(let name): return .int(try label.str2int(name))
            case .int(let number): return .int(try checked(number))
            case .strings(let names): return .ints(try names.map { try label.str2int($0) })
            case .ints(let numbers): return .ints(try numbers.map { try checked($0) })
            case .int32s(let numbers): return .ints(try numbers.map { try checked(Int($0)) })
            case .list(let values) where values.isEmpty: return .ints([])
            default: throw cell.mismatch(wanted: "a class label")
            }
        }
    }

    /// The data set with a column as class labels whose names are its distinct values, sorted as text by Unicode
    /// scalars; integers too, as Python's `class_encode_column` does (`"10"` comes before `"2"`). A column of lists of
    /// strings becomes one of lists of class labels.
    ///
    /// - Throws: ``DatasetError`` where the column holds other types or nulls.
    public func classEncodeColumn(_ name: String) throws -> Dataset {
        let column = table.columns[try table.requirePlace(of: name)]
        var names: Set<String> = []
        if column.type.element != nil {
            try forEachString(in: name) { names.insert($0) }
            return try castColumn(name, to: ClassLabel(names: Self.sorted(names)))
        }
        for row in 0..<numRows { names.insert(try Self.className(in: Cell(table: table, column: column, row: row))) }
        let label = try ClassLabel(names: Self.sorted(names))
        return try castColumn(name, to: label) { .int(try label.str2int(Self.className(in: $0))) }
    }

    /// Calls `body` with each string of a column of lists, row by row.
    func forEachString(in name: String, _ body: (String) throws -> Void) throws {
        let column = table.columns[try table.requirePlace(of: name)]
        for row in 0..<numRows {
            let cell = Cell(table: table, column: column, row: row)
            switch cell.value {
            case .strings(let values): for value in values { try body(value) }
            case .list(let values) where values.isEmpty: continue
            default: throw cell.mismatch(wanted: "a list of strings")
            }
        }
    }

    private static func sorted(_ names: Set<String>) -> [String] {
        names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    }

    private static func className(in cell: Cell) throws -> String {
        switch cell.value {
        case .string(let value): return value
        case .int(let value): return String(value)
        default: throw cell.mismatch(wanted: "string or int64")
        }
    }

    private func castColumn(
        _ name: String, to label: ClassLabel, number: (Cell) throws -> CellValue
    ) throws -> Dataset {
        let place = try table.requirePlace(of: name)
        let isList = table.columns[place].type.element != nil
        let type = isList ? FeatureType.list(.classLabel(label)) : .classLabel(label)
        let builder = ColumnBuilder(name: name, type: type.storage)
        for row in 0..<numRows {
            let cell = Cell(table: table, column: table.columns[place], row: row)
            do {
                try builder.append(try number(cell))
            } catch DatasetError.invalidArgument(_, let problem) {
                let origin = cell.location.map { "\($0)" } ?? "row \(row)"
                throw DatasetError.invalidArgument(name: "\(origin), column '\(name)'", problem: problem)
            }
        }
        var columns = table.columns
        columns[place] = Column(name: name, type: type, array: try builder.finish())
        return Dataset(table: table.with(columns: columns))
    }
}
