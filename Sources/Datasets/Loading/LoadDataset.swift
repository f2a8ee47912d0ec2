/// Loads CSV files, one or several for each split, in the order given:
/// `try loadDataset(csv: ["train": "train.csv", "test": "test-*.csv.gz"])`.
///
/// Each file may be a pattern (`data/*.csv`) and may be compressed (`.gz`, `.zst`, `.bz2`, `.lz4`). Up to 256 MiB are
/// kept in memory; more is converted once, in bounded memory, to an Arrow file in the cache, which is mapped.
/// - Throws: ``DatasetError``; see ``Dataset/fromCSV(_:options:loading:)``.
public func loadDataset(
    csv files: KeyValuePairs<String, some DataFilePaths>, options: DelimitedOptions = .csv,
    loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    try load(files, .delimited(options), loading)
}

/// Loads CSV files as the split `train`.
/// - Throws: ``DatasetError``; see ``Dataset/fromCSV(_:options:loading:)``.
public func loadDataset(
    csv files: some DataFilePaths, options: DelimitedOptions = .csv, loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    try load(["train": files], .delimited(options), loading)
}

/// Loads TSV files, one or several for each split, in the order given.
/// - Throws: ``DatasetError``; see ``Dataset/fromTSV(_:options:loading:)``.
public func loadDataset(
    tsv files: KeyValuePairs<String, some DataFilePaths>, options: DelimitedOptions = .tsv,
    loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    try load(files, .delimited(options), loading)
}

/// Loads TSV files as the split `train`.
/// - Throws: ``DatasetError``; see ``Dataset/fromTSV(_:options:loading:)``.
public func loadDataset(
    tsv files: some DataFilePaths, options: DelimitedOptions = .tsv, loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    try load(["train": files], .delimited(options), loading)
}

/// Loads JSON files, one or several for each split, in the order given: JSON Lines, or a list of objects.
/// - Throws: ``DatasetError``; see ``Dataset/fromJSON(_:options:loading:)``.
public func loadDataset(
    json files: KeyValuePairs<String, some DataFilePaths>, options: JSONLinesOptions = JSONLinesOptions(),
    loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    try load(files, .json(options), loading)
}

/// Loads JSON files as the split `train`.
/// - Throws: ``DatasetError``; see ``Dataset/fromJSON(_:options:loading:)``.
public func loadDataset(
    json files: some DataFilePaths, options: JSONLinesOptions = JSONLinesOptions(),
    loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    try load(["train": files], .json(options), loading)
}

/// Loads text files, one or several for each split, in the order given: a row a line, in the column `text`.
/// - Throws: ``DatasetError``; see ``Dataset/fromText(_:options:loading:)``.
public func loadDataset(
    text files: KeyValuePairs<String, some DataFilePaths>, options: TextOptions = TextOptions(),
    loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    try load(files, .text(options), loading)
}

/// Loads text files as the split `train`.
/// - Throws: ``DatasetError``; see ``Dataset/fromText(_:options:loading:)``.
public func loadDataset(
    text files: some DataFilePaths, options: TextOptions = TextOptions(), loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    try load(["train": files], .text(options), loading)
}

/// Loads Parquet files, one or several for each split, in the order given.
/// - Throws: ``DatasetError``; see ``Dataset/fromParquet(_:columns:loading:)``.
public func loadDataset(
    parquet files: KeyValuePairs<String, some DataFilePaths>, columns: [String]? = nil,
    loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    try load(files, .parquet(columns: columns), loading)
}

/// Loads Parquet files as the split `train`.
/// - Throws: ``DatasetError``; see ``Dataset/fromParquet(_:columns:loading:)``.
public func loadDataset(
    parquet files: some DataFilePaths, columns: [String]? = nil, loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    try load(["train": files], .parquet(columns: columns), loading)
}

/// Loads Arrow files (streams or files), one or several for each split, memory-mapped.
/// - Throws: ``DatasetError``; see ``Dataset/fromArrow(_:)-(String)``.
public func loadDataset(
    arrow files: KeyValuePairs<String, some DataFilePaths>, loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    try load(files, .arrow, loading)
}

/// Loads Arrow files as the split `train`, memory-mapped.
/// - Throws: ``DatasetError``; see ``Dataset/fromArrow(_:)-(String)``.
public func loadDataset(arrow files: some DataFilePaths, loading: LoadOptions = LoadOptions()) throws -> DatasetDict {
    try load(["train": files], .arrow, loading)
}

private func load(
    _ files: KeyValuePairs<String, some DataFilePaths>, _ reading: DataFileReading, _ options: LoadOptions
) throws -> DatasetDict {
    DatasetDict(
        try files.map { ($0.key, try DataFilesLoader($0.value.paths, reading: reading, options: options).load()) })
}
