/// Loads CSV files, one for each split, in the order given: `try loadDataset(csv: ["train": "train.csv"])`.
/// - Throws: ``DatasetError``; see ``Dataset/fromCSV(_:options:)``.
public func loadDataset(
    csv files: KeyValuePairs<String, String>, options: DelimitedOptions = .csv
) throws -> DatasetDict {
    try load(files) { try Dataset.fromCSV($0, options: options) }
}

/// Loads one CSV file as the split `train`.
/// - Throws: ``DatasetError``; see ``Dataset/fromCSV(_:options:)``.
public func loadDataset(csv file: String, options: DelimitedOptions = .csv) throws -> DatasetDict {
    try loadDataset(csv: ["train": file], options: options)
}

/// Loads TSV files, one for each split, in the order given.
/// - Throws: ``DatasetError``; see ``Dataset/fromTSV(_:options:)``.
public func loadDataset(
    tsv files: KeyValuePairs<String, String>, options: DelimitedOptions = .tsv
) throws -> DatasetDict {
    try load(files) { try Dataset.fromTSV($0, options: options) }
}

/// Loads one TSV file as the split `train`.
/// - Throws: ``DatasetError``; see ``Dataset/fromTSV(_:options:)``.
public func loadDataset(tsv file: String, options: DelimitedOptions = .tsv) throws -> DatasetDict {
    try loadDataset(tsv: ["train": file], options: options)
}

/// Loads JSON Lines files, one for each split, in the order given.
/// - Throws: ``DatasetError``; see ``Dataset/fromJSONLines(_:options:)``.
public func loadDataset(
    json files: KeyValuePairs<String, String>, options: JSONLinesOptions = JSONLinesOptions()
) throws -> DatasetDict {
    try load(files) { try Dataset.fromJSONLines($0, options: options) }
}

/// Loads one JSON Lines file as the split `train`.
/// - Throws: ``DatasetError``; see ``Dataset/fromJSONLines(_:options:)``.
public func loadDataset(json file: String, options: JSONLinesOptions = JSONLinesOptions()) throws -> DatasetDict {
    try loadDataset(json: ["train": file], options: options)
}

private func load(
    _ files: KeyValuePairs<String, String>, _ read: (String) throws -> Dataset
) throws -> DatasetDict {
    DatasetDict(try files.map { ($0.key, try read($0.value)) })
}
