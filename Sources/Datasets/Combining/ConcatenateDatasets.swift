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
        let type = feature.type.storage
        let columns = parts.map { part in part.table.place(of: feature.name).map { part.table.columns[$0] } }
        // Without selections the stored rows are those shown.
        let isPlain = zip(columns, parts).allSatisfy { column, part in
            column.map { $0.selection == nil && $0.array.count == part.numRows } ?? true
        }
        var arrays: [ArrowColumn] = []
        var rows: [Int] = []
        var start = 0
        for (column, part) in zip(columns, parts) {
            let array = try column?.array.widened(to: type) ?? .nulls(part.numRows, as: type)
            arrays.append(array)
            if !isPlain {
                let selection = column?.selection
                rows.append(contentsOf: (0..<part.numRows).lazy.map { start + (selection?[$0] ?? $0) })
            }
            start += array.count
        }
        return Column(
            name: feature.name, type: feature.type, array: try .joining(arrays, as: type),
            selection: isPlain ? nil : RowSelection.choosing(rows, from: nil))
    }
}

extension ArrowColumn {
    /// A column of nulls.
    static func nulls(_ count: Int, as type: FeatureType) throws -> ArrowColumn {
        let builder = ColumnBuilder(name: "", type: .null)
        for _ in 0..<count { try builder.append(.null) }
        return try builder.finish().widened(to: type)
    }

    /// The rows of columns of one type one after the other; nothing is copied.
    static func joining(_ columns: [ArrowColumn], as type: FeatureType) throws -> ArrowColumn {
        let filled = columns.filter { $0.count > 0 }
        if filled.count == 1 { return filled[0] }
        do {
            return try filled.isEmpty ? .nulls(0, as: type) : .concatenating(filled)
        } catch let failure as ArrowFailure {
            throw failure.asDatasetError
        }
    }

    /// The column as a type that holds all its values: one of nulls, or of empty lists, as any.
    func widened(to type: FeatureType) throws -> ArrowColumn {
        do {
            return try cast(to: type)
        } catch {
            throw error.asDatasetError
        }
    }
}
