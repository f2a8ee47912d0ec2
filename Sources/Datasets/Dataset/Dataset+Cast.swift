extension Dataset {
    /// The data set with a column as another type: numbers, text and truth values into one another, lists element by
    /// element; for class labels see ``castColumn(_:to:)-(_,ClassLabel)``.
    ///
    /// Nothing is lost on the way: a fraction is no integer, a number too large for the type is an error.
    /// - Throws: ``DatasetError`` naming file, row and column of the first value that can't be one of the type.
    public func castColumn(_ name: String, to type: FeatureType) throws -> Dataset {
        if case .classLabel(let label) = type { return try castColumn(name, to: label) }
        let place = try table.requirePlace(of: name)
        let old = table.columns[place]
        var columns = table.columns
        if old.type.storage == type {
            columns[place] = old.typed(type)
            return Dataset(table: table.with(columns: columns))
        }
        let builder = ColumnBuilder(name: name, type: type)
        for row in 0..<numRows {
            let cell = Cell(table: table, column: old, row: row)
            guard let value = cell.value.converted(to: type) else {
                throw DatasetError.invalidArgument(
                    name: "\(cell.location.map { "\($0)" } ?? "row \(row)"), column '\(name)'",
                    problem: "\(Excerpt.of(cell.value.description)) can't be cast to \(type)")
            }
            try builder.append(value)
        }
        columns[place] = Column(name: name, type: type, array: try builder.finish())
        return Dataset(table: table.with(columns: columns))
    }

    /// The data set with all columns as the types given for them.
    /// - Throws: ``DatasetError`` where the names differ, or a value can't be one of its column's new type.
    public func cast(_ features: Features) throws -> Dataset {
        guard Set(features.map(\.name)) == Set(columnNames), features.count == numColumns else {
            throw DatasetError.invalidArgument(
                name: "features", problem: "they name \(features.map(\.name)), but the columns are \(columnNames)")
        }
        return try features.reduce(self) { dataset, feature in
            dataset.features[feature.name] == feature.type
                ? dataset : try dataset.castColumn(feature.name, to: feature.type)
        }
    }
}

extension CellValue {
    /// The value as one of `type`; nil where that would lose something. Null stays null.
    func converted(to type: FeatureType) -> CellValue? {
        if case .null = self { return .null }
        if case .list(let element) = type {
            let values = elements?.map { $0.converted(to: element) }
            return values.flatMap { values in values.contains(nil) ? nil : .list(values.compactMap { $0 }) }
        }
        switch (type, self) {
        case (.bool, .bool), (.int64, .int), (.float64, .double), (.string, .string): return self
        case (.bool, .int(let value)): return .bool(value != 0)
        case (.bool, .string(let text)): return ["true": .bool(true), "false": .bool(false)][text.lowercased()]
        case (.int32, .int(let value)): return Int32(exactly: value) == nil ? nil : self
        case (.int64, .bool(let value)), (.int32, .bool(let value)): return .int(value ? 1 : 0)
        case (.int64, .double(let value)): return Int(exactly: value).map { .int($0) }
        case (.int32, .double(let value)): return Int32(exactly: value).map { .int(Int($0)) }
        case (.int64, .string(let text)): return Int(text).map { .int($0) }
        case (.int32, .string(let text)): return Int32(text).map { .int(Int($0)) }
        case (.float64, .int(let value)): return Int(exactly: Double(value)) == value ? .double(Double(value)) : nil
        case (.float64, .bool(let value)): return .double(value ? 1 : 0)
        case (.float64, .string(let text)): return Double(text).map { .double($0) }
        case (.string, .int(let value)): return .string("\(value)")
        case (.string, .double(let value)): return .string("\(value)")
        case (.string, .bool(let value)): return .string(value ? "true" : "false")
        default: return nil
        }
    }

    /// A list's elements; nil for any other value.
    var elements: [CellValue]? {
        switch self {
        case .ints(let values): values.map { .int($0) }
        case .int32s(let values): values.map { .int(Int($0)) }
        case .doubles(let values): values.map { .double($0) }
        case .strings(let values): values.map { .string($0) }
        case .list(let values): values
        default: nil
        }
    }
}
