internal import Foundation
internal import LocalFiles

/// Loads the data set at `path`, as Python's `load_dataset`: a folder of data files, a data set repository's snapshot
/// from the Hub, a folder saved by `save_to_disk`, or one data file.
///
/// In a folder, the head of `README.md` says which files belong to which split; without it, the names of folders and
/// files do: `data/train-00000-of-00001.parquet`, `test/a.csv`, `dev.jsonl`. Where no name says so, everything is
/// `train`. The format is told by the files' endings; where there are several, the most frequent one of a split counts, and
/// all splits must have the same.
///
/// - Parameters:
///   - path: a folder or file.
///   - name: the data set of several in one repository; nil for its default.
///   - dataDir: a folder below `path` to look in.
///   - dataFiles: the files of the split `train`, instead: patterns below `path`.
///   - loading: where the rows are kept.
/// - Throws: ``DatasetError`` where no data files are found, or one of them is malformed.
public func loadDataset(
    folder path: String, name: String? = nil, dataDir: String? = nil, dataFiles: [String]? = nil,
    loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    let path = path.hasPrefix("~/") ? NSString(string: path).expandingTildeInPath : path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
        guard name == nil, dataDir == nil, dataFiles == nil else {
            throw DatasetError.unreadableFile(path: path, problem: "it is no folder")
        }
        if !GlobPattern.isPattern(path) { try FileBytes.checkReadable(path) }
        return try DatasetLayout([("train", try path.expanded())], path).load(in: nil, loading: loading)
    }
    let folder = dataDir.map { "\(path)/\($0)" } ?? path
    if let dataFiles {
        return try DatasetLayout([("train", try dataFiles.expanded(in: folder))], folder).load(
            in: nil, loading: loading)
    }
    if name == nil, SavedFolder.isOne(folder) { return try loadFromDisk(folder) }
    let card = dataDir == nil ? DatasetCard.text(in: folder) : nil
    return try DatasetLayout(names: FileSearch.all(in: folder), card: card, name: name, source: folder)
        .load(in: folder, loading: loading)
}

/// Loads splits from files that are named one by one: Python's `data_files`. All have one format, which their endings tell.
///
/// ```swift
/// let films = try loadDataset(dataFiles: ["train": ["a.parquet", "b.parquet"], "test": ["c.parquet"]])
/// ```
/// - Parameters:
///   - splits: the splits in order, each with its files; patterns stand for the files that fit.
///   - loading: where the rows are kept.
/// - Throws: ``DatasetError`` where a file is missing, malformed, or of an unknown format.
public func loadDataset(
    dataFiles splits: KeyValuePairs<String, [String]>, loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    try loadDataset(dataFiles: splits.map { ($0.key, $0.value) }, loading: loading)
}

/// As above, for splits that are known only when the program runs.
public func loadDataset(
    dataFiles splits: [(name: String, files: [String])], loading: LoadOptions = LoadOptions()
) throws -> DatasetDict {
    try DatasetLayout(splits.map { ($0.name, try $0.files.expanded()) }, "dataFiles").load(in: nil, loading: loading)
}
