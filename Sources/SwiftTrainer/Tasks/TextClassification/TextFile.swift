public import Datasets
import Foundation

/// A file of rows with texts, whose format its name says: `.csv`, `.tsv`, `.jsonl` and `.json` (JSON Lines).
public struct TextFile: Sendable, Hashable {
    public let path: String
    /// Whether cells may stand in double quotes; nil for the format's own rule (CSV yes, TSV no).
    public var quoting: Bool?

    enum Format: Sendable { case csv, tsv, jsonLines }
    let format: Format

    /// - Throws: ``TextClassificationError/unknownFormat(path:)``
    public init(_ path: String, quoting: Bool? = nil) throws {
        switch (path as NSString).pathExtension.lowercased() {
        case "csv": format = .csv
        case "tsv": format = .tsv
        case "jsonl", "json": format = .jsonLines
        default: throw TextClassificationError.unknownFormat(path: path)
        }
        self.path = path
        self.quoting = quoting
    }

    /// Whether an empty cell can't be told from one that was left out.
    var hasNoEmptyText: Bool { format != .jsonLines }

    /// Reads the rows. Columns whose names may be those of texts or labels are read as strings.
    ///
    /// - Parameter stringColumns: further columns to read as strings.
    /// - Throws: `DatasetError` with file and line.
    public func load(stringColumns: Set<String>) throws -> Dataset {
        let strings = stringColumns.union(TextClassificationColumns.usualNames)
        switch format {
        case .jsonLines:
            return try Dataset.fromJSONLines(path, options: JSONLinesOptions(stringColumns: strings))
        case .csv, .tsv:
            var options: DelimitedOptions = format == .csv ? .csv : .tsv
            options.stringColumns = strings
            if let quoting { options.quoting = quoting }
            return try Dataset.fromCSV(path, options: options)
        }
    }
}
