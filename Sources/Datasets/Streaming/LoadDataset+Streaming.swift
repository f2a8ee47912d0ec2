/// `true`, for ``loadDataset(csv:options:streaming:)`` and the like: rows are read while they are asked for. To load them
/// at once leave the argument out.
public struct Streaming: Sendable, ExpressibleByBooleanLiteral {
    private let isOn: Bool

    public init(booleanLiteral value: Bool) { isOn = value }

    /// What `false` gives has another type.
    fileprivate func require() throws {
        guard isOn else {
            throw DatasetError.invalidArgument(
                name: "streaming", problem: "false is the form of loadDataset without this argument; leave it out")
        }
    }
}

/// Streams CSV files, for each split its files one after the other; each may be a pattern.
/// - Throws: ``DatasetError/unreadableFile(path:problem:)``; what is wrong inside a file is found when it is read.
public func loadDataset(
    csv files: KeyValuePairs<String, some DataFilePaths>, options: DelimitedOptions = .csv, streaming: Streaming
) throws -> IterableDatasetDict {
    try stream(files, streaming) { IterableDataset.fromCSV($0, options: options) }
}

/// Streams TSV files, for each split its files one after the other; each may be a pattern.
/// - Throws: ``DatasetError/unreadableFile(path:problem:)``
public func loadDataset(
    tsv files: KeyValuePairs<String, some DataFilePaths>, options: DelimitedOptions = .tsv, streaming: Streaming
) throws -> IterableDatasetDict {
    try stream(files, streaming) { IterableDataset.fromTSV($0, options: options) }
}

/// Streams JSON Lines files, for each split its files one after the other; each may be a pattern.
/// - Throws: ``DatasetError/unreadableFile(path:problem:)``
public func loadDataset(
    json files: KeyValuePairs<String, some DataFilePaths>, options: JSONLinesOptions = JSONLinesOptions(),
    streaming: Streaming
) throws -> IterableDatasetDict {
    try stream(files, streaming) { IterableDataset.fromJSONLines($0, options: options) }
}

/// Streams text files, for each split its files one after the other; each line is a row of the column `text`.
/// - Throws: ``DatasetError/unreadableFile(path:problem:)``
public func loadDataset(
    text files: KeyValuePairs<String, some DataFilePaths>, options: TextOptions = TextOptions(), streaming: Streaming
) throws -> IterableDatasetDict {
    try stream(files, streaming) { IterableDataset.fromText($0, options: options) }
}

/// Streams Parquet files, for each split its files one after the other; each may be a pattern.
/// - Parameters:
///   - files: the splits and their files.
///   - columns: those that are read; nil for all.
///   - streaming: true.
/// - Throws: ``DatasetError/unreadableFile(path:problem:)``
public func loadDataset(
    parquet files: KeyValuePairs<String, some DataFilePaths>, columns: [String]? = nil, streaming: Streaming
) throws -> IterableDatasetDict {
    try stream(files, streaming) { IterableDataset.fromParquet($0, columns: columns) }
}

/// Streams Arrow files, for each split its files one after the other; each may be a pattern.
/// - Throws: ``DatasetError/unreadableFile(path:problem:)``
public func loadDataset(
    arrow files: KeyValuePairs<String, some DataFilePaths>, streaming: Streaming
) throws -> IterableDatasetDict {
    try stream(files, streaming) { IterableDataset.fromArrow($0) }
}

private func stream(
    _ files: KeyValuePairs<String, some DataFilePaths>, _ streaming: Streaming,
    _ open: ([String]) -> IterableDataset
) throws -> IterableDatasetDict {
    try streaming.require()
    return IterableDatasetDict(
        try files.map { split, paths in
            (split, open(try paths.readable()))
        })
}
