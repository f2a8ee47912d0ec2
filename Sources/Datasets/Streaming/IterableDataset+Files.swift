extension IterableDataset {
    /// The rows of CSV files, one file after the other, read block by block: see ``Dataset/fromCSV(_:options:loading:)``. The
    /// first megabyte of each file settles its columns' types.
    public static func fromCSV(_ paths: [String], options: DelimitedOptions = .csv) -> IterableDataset {
        IterableDataset(
            SourceStream(sources: paths.map { TextSource(path: $0) { try DelimitedParser(options: options) } }))
    }

    /// The same for TSV files.
    public static func fromTSV(_ paths: [String], options: DelimitedOptions = .tsv) -> IterableDataset {
        fromCSV(paths, options: options)
    }

    /// The rows of JSON Lines files, one file after the other, read block by block: see
    /// ``Dataset/fromJSONLines(_:options:loading:)``. The first megabyte of each file settles its columns' types; a column that
    /// comes only later must be named in `options`.
    public static func fromJSONLines(
        _ paths: [String], options: JSONLinesOptions = JSONLinesOptions()
    ) -> IterableDataset {
        IterableDataset(
            SourceStream(
                sources: paths.map { path in
                    TextSource(path: path, types: options.columnTypes) {
                        guard options.field == nil else {
                            throw DatasetError.invalidArgument(
                                name: "field",
                                problem: "streams read objects line by line; load the file at once instead")
                        }
                        return try JSONLinesParser(options: JSONLinesOptions(stringColumns: options.stringColumns))
                    }
                }))
    }

    /// The lines of text files, one file after the other, as the column `text`: see ``Dataset/fromText(_:options:loading:)``.
    public static func fromText(_ paths: [String], options: TextOptions = TextOptions()) -> IterableDataset {
        IterableDataset(SourceStream(sources: paths.map { TextSource(path: $0) { PlainTextParser(options: options) } }))
    }

    /// The rows of Parquet files, one file after the other, a few thousand at a time.
    /// - Parameters:
    ///   - paths: the files.
    ///   - columns: those that are read; nil for all.
    public static func fromParquet(_ paths: [String], columns: [String]? = nil) -> IterableDataset {
        IterableDataset(
            SourceStream(sources: paths.map { TableFileSource(path: $0, format: .parquet(columns: columns)) }))
    }

    /// The rows of Arrow files, one file after the other.
    public static func fromArrow(_ paths: [String]) -> IterableDataset {
        IterableDataset(SourceStream(sources: paths.map { TableFileSource(path: $0, format: .arrow) }))
    }
}
