@testable public import Datasets
internal import Foundation
internal import FuzzSupport

/// Rows that are used in full; a few bytes can claim billions.
private let rowLimit = 5_000

/// Does what a program does with rows: reads every value, and hands the columns to Arrow in several ways.
///
/// - Parameter choice: which of the costlier uses are tried.
public func use(_ rows: Dataset, of file: TableFile, _ choice: UInt8) throws {
    require(rows.features.map(\.name) == rows.columnNames, "the features are those of other columns")
    let few = rows.take(rowLimit)
    for row in few { for (_, value) in row.values { _ = value.description } }
    if rows.numRows > 0 { _ = rows.sourceLocation(ofRow: rows.numRows - 1) }
    guard rows.numRows <= rowLimit, rows.numColumns <= 200 else { return }
    _ = rows.features.json
    let backwards = try rows.select((0..<rows.numRows).reversed()).flattenIndices()
    require(backwards.numRows == rows.numRows, "rows were lost")
    switch choice % 8 {
    case 0: try rows.toCSV(file.folder.appendingPathComponent("out.csv").path)
    case 1: try rows.toJSON(file.folder.appendingPathComponent("out.json").path)
    case 2:
        let path = file.folder.appendingPathComponent("out.parquet").path
        try rows.toParquet(path)
        require(try Dataset.fromParquet(path).numRows == rows.numRows, "Parquet loses rows")
    case 3:
        let path = file.folder.appendingPathComponent("saved").path
        try rows.saveToDisk(path)
        let again: Dataset = try Dataset.loadFromDisk(path)
        require(again.numRows == rows.numRows && again.features == rows.features, "what is saved is not what is loaded")
    case 4:
        for name in rows.columnNames { expecting { _ = try rows.sort(name) } }
    case 5:
        for name in rows.columnNames {
            expecting { _ = try rows.castColumn(name, to: .string) }
            expecting { _ = try rows.castColumn(name, to: .float64) }
            expecting { _ = try rows.classEncodeColumn(name) }
        }
        expecting { _ = try rows.flatten() }
    case 6:
        for name in rows.columnNames { _ = try rows.unique(name) }
        _ = rows.describe().description
    default:
        require(try concatenateDatasets([rows, backwards]).numRows == 2 * rows.numRows, "rows were lost")
        _ = backwards.fingerprint
    }
}

/// Reads a stream to its end, or as far as is reasonable.
public func use(_ stream: IterableDataset) throws {
    let iterator = try stream.makeIterator()
    for _ in 0..<rowLimit {
        guard let row = try iterator.next() else { return }
        for (_, value) in row.values { _ = value.description }
    }
    _ = iterator.stateDict()
}

/// The rows of two ways to read one file are equal, if both ways can.
public func requireEqual(_ one: Dataset, _ other: Dataset, _ what: String) {
    require(one.numRows == other.numRows, "\(what): \(one.numRows) rows and \(other.numRows)")
    require(one.features == other.features, "\(what): \(one.features) and \(other.features)")
    for (left, right) in zip(one.take(rowLimit), other.take(rowLimit)) {
        require("\(left.values)" == "\(right.values)", "\(what): \(left.values) and \(right.values)")
    }
}
