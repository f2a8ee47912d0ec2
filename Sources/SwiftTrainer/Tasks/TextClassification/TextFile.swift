public import Datasets
import Foundation

/// Files of rows with texts, whose format their names say: `.csv`, `.tsv`, `.json` and `.jsonl` (a list of objects, or
/// one a line), `.txt` (a row a line, in the column `text`), `.parquet` and `.arrow`. Text formats may be compressed
/// (`.gz`, `.zst`, `.bz2`, `.lz4`).
///
/// One path may stand for several files: a pattern (`data/*.parquet`), or paths with commas between them. Their rows
/// follow one another.
public struct TextFile: Sendable, Hashable {
    public let path: String
    /// Whether cells may stand in double quotes; nil for the format's own rule (CSV yes, TSV no).
    public var quoting: Bool?

    let format: DataFileFormat
    let paths: [String]

    /// - Throws: ``TextClassificationError/unknownFormat(path:)``
    public init(_ path: String, quoting: Bool? = nil) throws {
        // A comma may be part of a name, too.
        let isOne = !path.contains(",") || FileManager.default.fileExists(atPath: path)
        paths = isOne ? [path] : path.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let formats = paths.map { DataFileFormat(path: $0) }
        guard let format = formats.first ?? nil, formats.allSatisfy({ $0 == format }) else {
            throw TextClassificationError.unknownFormat(path: path)
        }
        self.format = format
        self.path = path
        self.quoting = quoting
    }

    /// Whether an empty cell can't be told from one that was left out.
    var hasNoEmptyText: Bool { format == .csv || format == .tsv }

    /// Reads the rows. Columns whose names may be those of texts or labels are read as strings.
    ///
    /// - Parameter stringColumns: further columns to read as strings.
    /// - Throws: `DatasetError` with file and line.
    public func load(stringColumns: Set<String>) throws -> Dataset {
        let strings = stringColumns.union(TextClassificationColumns.usualNames)
        switch format {
        case .json: return try Dataset.fromJSON(paths, options: JSONLinesOptions(stringColumns: strings))
        case .csv, .tsv:
            var options: DelimitedOptions = format == .csv ? .csv : .tsv
            options.stringColumns = strings
            if let quoting { options.quoting = quoting }
            return try Dataset.fromCSV(paths, options: options)
        case .text: return try Dataset.fromText(paths)
        case .parquet: return try Self.asText(try Dataset.fromParquet(paths), strings)
        case .arrow: return try Self.asText(try Dataset.fromArrow(try paths.expanded()), strings)
        }
    }

    /// The rows with text in the columns `names`: classes by their names, numbers and truth values by their digits.
    private static func asText(_ rows: Dataset, _ names: Set<String>) throws -> Dataset {
        var result = rows
        for feature in rows.features where names.contains(feature.name) && !feature.type.isString {
            var label: ClassLabel?
            if case .classLabel(let classes) = feature.type { label = classes }
            guard label != nil || feature.type.isInteger || feature.type == .bool else { continue }
            result = try result.map { row in
                let text: CellValue =
                    switch try row.cell(feature.name).value {
                    case .int(let number): .string(try label?.int2str(number) ?? "\(number)")
                    case .uint64(let number): .string("\(number)")
                    case .bool(let value): .string("\(value)")
                    default: .null
                    }
                return [feature.name: text]
            }
        }
        return result
    }
}
