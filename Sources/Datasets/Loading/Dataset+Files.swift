extension Dataset {
    /// The rows of a CSV file. With the default options: commas, RFC 4180 quoting, a header row, inferred types
    /// (int64, float64, bool, string; empty cells of columns that aren't strings are null). CRLF and a byte-order mark
    /// are fine, empty lines are skipped.
    ///
    /// - Throws: ``DatasetError`` with file, line and column of the first place that is malformed.
    public static func fromCSV(_ path: String, options: DelimitedOptions = .csv) throws -> Dataset {
        try DelimitedLoader(path: path, options: options).load()
    }

    /// The rows of a TSV file: as ``fromCSV(_:options:)``, with tabs and without quoting.
    public static func fromTSV(_ path: String, options: DelimitedOptions = .tsv) throws -> Dataset {
        try DelimitedLoader(path: path, options: options).load()
    }

    /// The rows of a JSON Lines file: one object a line, whose values are numbers, strings, truth values, nulls or
    /// lists of these. A key that an object lacks is null.
    ///
    /// - Throws: ``DatasetError`` with file, line and column of the first place that is malformed.
    public static func fromJSONLines(_ path: String, options: JSONLinesOptions = JSONLinesOptions()) throws -> Dataset {
        try JSONLinesLoader(path: path, options: options).load()
    }
}
