extension Dataset {
    /// The rows of CSV files. With the default options: commas, RFC 4180 quoting, a header row, inferred types
    /// (int64, float64, bool, string; empty cells of columns that aren't strings are null). CRLF and a byte-order mark
    /// are fine, empty lines are skipped.
    ///
    /// - Parameters:
    ///   - files: a path or several, each a file or a pattern (`data/*.csv`), plain or compressed (`.gz`, `.zst`,
    ///     `.bz2`, `.lz4`). Their rows follow one another.
    ///   - options: the layout of the text.
    ///   - loading: where the rows are kept.
    /// - Throws: ``DatasetError`` with file, line and column of the first place that is malformed.
    public static func fromCSV(
        _ files: some DataFilePaths, options: DelimitedOptions = .csv, loading: LoadOptions = LoadOptions()
    ) throws -> Dataset {
        try DataFilesLoader(files.paths, reading: .delimited(options), options: loading).load()
    }

    /// The rows of TSV files: as ``fromCSV(_:options:loading:)``, with tabs and without quoting.
    public static func fromTSV(
        _ files: some DataFilePaths, options: DelimitedOptions = .tsv, loading: LoadOptions = LoadOptions()
    ) throws -> Dataset {
        try DataFilesLoader(files.paths, reading: .delimited(options), options: loading).load()
    }

    /// The rows of JSON files: one object a line (JSON Lines), or a list of objects. Values are numbers, strings, truth
    /// values, nulls, objects, or lists of these. A key that an object lacks is null.
    ///
    /// - Throws: ``DatasetError`` with file, line and column of the first place that is malformed.
    public static func fromJSON(
        _ files: some DataFilePaths, options: JSONLinesOptions = JSONLinesOptions(),
        loading: LoadOptions = LoadOptions()
    ) throws -> Dataset {
        try DataFilesLoader(files.paths, reading: .json(options), options: loading).load()
    }

    /// The same as ``fromJSON(_:options:loading:)``.
    public static func fromJSONLines(
        _ files: some DataFilePaths, options: JSONLinesOptions = JSONLinesOptions(),
        loading: LoadOptions = LoadOptions()
    ) throws -> Dataset {
        try fromJSON(files, options: options, loading: loading)
    }

    /// The rows of text files, in one column, `text`: each line, as Python's `load_dataset("text")`, unless the options
    /// say otherwise.
    ///
    /// - Throws: ``DatasetError`` where a file can't be read, is empty or isn't UTF-8.
    public static func fromText(
        _ files: some DataFilePaths, options: TextOptions = TextOptions(), loading: LoadOptions = LoadOptions()
    ) throws -> Dataset {
        try DataFilesLoader(files.paths, reading: .text(options), options: loading).load()
    }

    /// The rows of Parquet files. Class names that Python's `datasets` has put there are kept.
    ///
    /// - Parameters:
    ///   - files: a path or several, each a file or a pattern. All have the same columns; types that differ are brought
    ///     to those of the first file.
    ///   - columns: the columns to read; nil for all.
    ///   - loading: where the rows are kept.
    /// - Throws: ``DatasetError`` where a file is damaged, or holds a type that a data set can't hold.
    public static func fromParquet(
        _ files: some DataFilePaths, columns: [String]? = nil, loading: LoadOptions = LoadOptions()
    ) throws -> Dataset {
        try DataFilesLoader(files.paths, reading: .parquet(columns: columns), options: loading).load()
    }
}
