public import Datasets

extension TextFile {
    /// Reads the rows while they are asked for, in memory that does not grow with the file.
    ///
    /// - Parameters:
    ///   - stringColumns: columns to read as strings.
    ///   - columns: those that are needed; others may be left out. nil for all.
    /// - Throws: `DatasetError`.
    public func stream(stringColumns: Set<String>, columns: [String]?) throws -> IterableDataset {
        let paths = try paths.readable()
        switch format {
        case .json:
            return .fromJSONLines(
                paths, options: JSONLinesOptions(stringColumns: stringColumns, columns: columns.map { Set($0) }))
        case .csv, .tsv:
            var options: DelimitedOptions = format == .csv ? .csv : .tsv
            options.stringColumns = stringColumns
            if let quoting { options.quoting = quoting }
            return .fromCSV(paths, options: options)
        case .text: return .fromText(paths)
        case .parquet: return .fromParquet(paths, columns: columns)
        case .arrow: return .fromArrow(paths)
        }
    }
}
