extension Dataset {
    /// The data set with a column as another type, by Arrow's rules, as Python's `cast_column`: numbers to others, text
    /// to numbers and back, nulls to anything, and the same for lists' elements and structs' fields.
    ///
    /// Nothing is lost on the way: a fraction is no integer, a number too large for the type is an error.
    /// - Throws: ``DatasetError`` naming file, row and column of the first value that can't be one of the type.
    public func castColumn(_ name: String, to type: FeatureType) throws -> Dataset {
        if case .classLabel(let label) = type { return try castColumn(name, to: label) }
        let place = try table.requirePlace(of: name)
        let old = table.columns[place]
        if case .list(.classLabel(let label)) = type, old.type.element?.isString == true {
            return try castColumn(name, to: label)
        }
        var columns = table.columns
        if old.array.type == type.storage {
            columns[place] = old.typed(type)
            return Dataset(table: table.with(columns: columns))
        }
        let shown = try old.gathered(rowCount: numRows)
        do {
            columns[place] = Column(name: name, type: type, array: try shown.array.cast(to: type))
        } catch {
            throw castFailure(shown, type, error)
        }
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

    /// Names the first value that can't be cast: the shortest beginning that fails ends with it.
    private func castFailure(_ column: Column, _ type: FeatureType, _ failure: ArrowFailure) -> DatasetError {
        func fails(_ count: Int) -> Bool {
            guard let rows = try? column.array.slice(0..<count) else { return true }
            return (try? rows.cast(to: type)) == nil
        }
        guard failure.isAboutInput, numRows > 0, !fails(0) else {
            return .invalidArgument(name: "column '\(column.name)'", problem: "\(column.type) can't be cast to \(type)")
        }
        var (good, bad) = (0, numRows)
        while bad - good > 1 {
            let middle = (good + bad) / 2
            if fails(middle) { bad = middle } else { good = middle }
        }
        let cell = Cell(table: table, column: column, row: bad - 1)
        return .invalidArgument(
            name: "\(cell.location.map { "\($0)" } ?? "row \(bad - 1)"), column '\(column.name)'",
            problem: "\(Excerpt.of(cell.value.description)) can't be cast to \(type)")
    }

    /// The data set with each struct column's fields as columns of their own, named `column.field`, as Python's
    /// `flatten`: level by level, until none is left.
    ///
    /// - Parameter maxDepth: so many levels at most.
    /// - Throws: ``DatasetError`` where two columns would have one name.
    public func flatten(maxDepth: Int = 16) throws -> Dataset {
        var columns = table.columns
        for _ in 0..<maxDepth {
            guard columns.contains(where: { $0.type.fields != nil }) else { break }
            columns = try columns.flatMap { column in
                guard let fields = column.type.fields else { return [column] }
                let shown = try column.gathered(rowCount: numRows)
                return try fields.map { try shown.field($0, table) }
            }
        }
        var seen: Set<String> = []
        if let twice = columns.first(where: { !seen.insert($0.name).inserted }) {
            throw DatasetError.duplicateColumn(name: twice.name, file: nil)
        }
        return Dataset(table: table.with(columns: columns))
    }
}

extension FeatureType {
    /// A struct's fields.
    fileprivate var fields: Features? { if case .structure(let fields) = self { fields } else { nil } }
}

extension Column {
    /// A struct column's field as a column; null where the struct is.
    fileprivate func field(_ field: Features.Feature, _ table: TableStorage) throws -> Column {
        let builder = ColumnBuilder(name: field.name, type: field.type.storage)
        for row in 0..<array.count {
            guard case .structure(let value) = Cell(table: table, column: self, row: row).value else {
                try builder.append(.null)
                continue
            }
            try builder.append(value[field.name] ?? .null)
        }
        return Column(name: "\(name).\(field.name)", type: field.type, array: try builder.finish())
    }
}
