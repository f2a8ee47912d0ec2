/// Puts data sets one below the other, or side by side, as Python's `concatenate_datasets`. No values are copied.
///
/// - Parameters:
///   - datasets: at least one.
///   - axis: 0 adds rows: columns are matched by name, one that a data set lacks is null in its rows. 1 adds columns:
///     all need the same number of rows.
/// - Throws: ``DatasetError`` where a column has two types, two columns have one name, or numbers of rows differ.
public func concatenateDatasets(_ datasets: [Dataset], axis: Int = 0) throws -> Dataset {
    guard let first = datasets.first else {
        throw DatasetError.invalidArgument(name: "datasets", problem: "there is none to concatenate")
    }
    switch axis {
    case 0: return try Dataset.stacking(datasets)
    case 1:
        var columns: [Column] = []
        var names: Set<String> = []
        for (place, dataset) in datasets.enumerated() {
            guard dataset.numRows == first.numRows else {
                throw DatasetError.invalidArgument(
                    name: "datasets",
                    problem: "number \(place) has \(dataset.numRows) rows where the first has \(first.numRows)")
            }
            for column in dataset.table.columns {
                guard names.insert(column.name).inserted else {
                    throw DatasetError.duplicateColumn(name: column.name, file: nil)
                }
                columns.append(column)
            }
        }
        return Dataset(
            table: TableStorage(columns: columns, rowCount: first.numRows, source: first.table.source))
    default:
        throw DatasetError.invalidArgument(name: "axis", problem: "\(axis) is neither 0 (rows) nor 1 (columns)")
    }
}

extension Dataset {
    /// The rows of `parts` one below the other.
    static func stacking(_ parts: [Dataset]) throws -> Dataset {
        if parts.count == 1 { return parts[0] }
        let rowCount = parts.reduce(0) { $0 + $1.numRows }
        let features = try FeatureAlignment(parts.map(\.features)).features
        let columns = try features.map { try column($0, stacking: parts) }
        return Dataset(
            table: TableStorage(columns: columns, rowCount: rowCount, source: RowSource.joining(parts.map(\.table))))
    }

    private static func column(_ feature: Features.Feature, stacking parts: [Dataset]) throws -> Column {
        var arrays: [ArrowColumn] = []
        var rows: [Int]? = nil
        var start = 0
        var done = 0
        for part in parts {
            let column = part.table.place(of: feature.name).map { part.table.columns[$0] }
            guard let column, column.array.type == feature.type.storage else {
                // Absent, or nothing but nulls.
                arrays.append(
                    try column?.refilled(part.table, as: feature.type.storage)
                        ?? .nulls(part.numRows, as: feature.type.storage))
                if rows != nil { rows?.append(contentsOf: start..<start + part.numRows) }
                start += part.numRows
                done += part.numRows
                continue
            }
            arrays.append(column.array)
            if column.selection != nil || column.array.count != part.numRows, rows == nil { rows = Array(0..<done) }
            if let selection = column.selection {
                rows?.append(contentsOf: (0..<part.numRows).lazy.map { start + selection[$0] })
            } else {
                rows?.append(contentsOf: start..<start + part.numRows)
            }
            start += column.array.count
            done += part.numRows
        }
        return Column(
            name: feature.name, type: feature.type,
            array: ArrowColumn.joining(arrays, type: feature.type.storage),
            selection: rows.map { RowSelection.choosing($0, from: nil) })
    }
}

extension ArrowColumn {
    /// A column of nulls.
    static func nulls(_ count: Int, as type: FeatureType) throws -> ArrowColumn {
        let builder = ColumnBuilder(name: "", type: type)
        for _ in 0..<count { try builder.append(.null) }
        return try builder.finish()
    }
}

extension Column {
    /// The values, which are of a narrower type, in a new column of `type`.
    func refilled(_ table: TableStorage, as type: FeatureType) throws -> ArrowColumn {
        let builder = ColumnBuilder(name: name, type: type)
        for row in 0..<table.rowCount {
            try builder.append(Cell(table: table, column: self, row: row).value)
        }
        return try builder.finish()
    }
}
