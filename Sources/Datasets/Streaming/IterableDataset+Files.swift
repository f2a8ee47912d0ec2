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

    /// The rows of JSON files (one object a line, or a list of objects), one file after the other, read block by block: see
    /// ``Dataset/fromJSONLines(_:options:loading:)``. The first megabyte of each file settles its columns' types; a column that
    /// comes only later must be named in `options`.
    public static func fromJSONLines(
        _ paths: [String], options: JSONLinesOptions = JSONLinesOptions()
    ) -> IterableDataset {
        IterableDataset(
            SourceStream(
                sources: paths.map { path in
                    TextSource(
                        path: path, types: options.columnTypes, converted: { try elements(of: path, options.field) }
                    ) {
                        try JSONLinesParser(
                            options: JSONLinesOptions(stringColumns: options.stringColumns, columns: options.columns))
                    }
                }))
    }

    /// The objects of a JSON list as lines; nil for a file that has one object a line.
    private static func elements(of path: String, _ field: String?) throws -> (any ByteSource)? {
        let input = try TextInput(path: path, inMemory: false, limit: .max)
        guard try field != nil || input.firstByte() == UInt8(ascii: "[") else { return nil }
        return try TextInput(elementsOf: input, field: field, limit: .max).open()
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
