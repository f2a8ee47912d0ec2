public import Datasets
import Foundation

/// Rows with texts: a file or several, whose format its name says: CSV, TSV, JSON (one object a line, or a list of
/// objects), Parquet, Arrow. Text formats may be compressed.
public struct TextFile: Sendable, Hashable {
    /// A file, or a pattern such as `data/train-*.parquet`.
    public let path: String
    /// Whether cells may stand in double quotes; nil for the format's own rule (CSV yes, TSV no).
    public var quoting: Bool?

    let format: DataFileFormat

    /// - Throws: ``TextClassificationError/unknownFormat(path:)``
    public init(_ path: String, quoting: Bool? = nil) throws {
        guard let format = DataFileFormat(path: path), format != .text else {
            throw TextClassificationError.unknownFormat(path: path)
        }
        self.format = format
        self.path = path
        self.quoting = quoting
    }

    /// Whether an empty cell can't be told from one that was left out.
    var hasNoEmptyText: Bool { format == .csv || format == .tsv }

    /// Reads the rows. Columns whose names may be those of texts or labels are read as strings. Large files are kept as
    /// an Arrow file in the cache, which is mapped.
    ///
    /// - Parameter stringColumns: further columns to read as strings.
    /// - Throws: `DatasetError` with file and line.
    public func load(stringColumns: Set<String>) throws -> Dataset {
        let strings = stringColumns.union(TextClassificationColumns.usualNames)
        switch format {
        case .json:
            return try Dataset.fromJSON(path, options: JSONLinesOptions(stringColumns: strings))
        case .csv, .tsv:
            var options: DelimitedOptions = format == .csv ? .csv : .tsv
            options.stringColumns = strings
            if let quoting { options.quoting = quoting }
            return try Dataset.fromCSV(path, options: options)
        case .parquet: return try Dataset.fromParquet(path).withText(strings)
        case .arrow: return try Dataset.fromArrow([path].expanded()).withText(strings)
        case .text: throw TextClassificationError.unknownFormat(path: path)
        }
    }
}

extension Dataset {
    /// The rows with numbers, truth values and class labels of some columns as text: class labels by their names.
    fileprivate func withText(_ names: Set<String>) throws -> Dataset {
        var rows = self
        for feature in features where names.contains(feature.name) {
            if case .classLabel(let label) = feature.type {
                rows = try rows.map(inputColumns: [feature.name], numProc: 1, desc: "Class names") { row in
                    let number: Int? = try row[feature.name]
                    return [feature.name: try number.map { try label.int2str($0) }]
                }
            } else if feature.type.isInteger || feature.type.isFloatingPoint || feature.type == .bool {
                rows = try rows.castColumn(feature.name, to: .string)
            }
        }
        return rows
    }
}
