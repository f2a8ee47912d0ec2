internal import Foundation

/// Loads the data set at `path`, as Python's `load_dataset`: a folder of data files, a data set repository's snapshot
/// from the Hub, a folder saved by `save_to_disk`, or one data file.
///
/// In a folder, the head of `README.md` says which files belong to which split; without it, the names of folders and
/// files do: `data/train-00000-of-00001.parquet`, `test/a.csv`, `dev.jsonl`. Where no name says so, everything is
/// `train`. The format is told by the files' endings; where there are several, the most frequent one counts.
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
        return try DataFolder.load([("train", try path.expanded())], loading: loading)
    }
    let folder = dataDir.map { "\(path)/\($0)" } ?? path
    if let dataFiles { return try DataFolder.load([("train", try dataFiles.expanded(in: folder))], loading: loading) }
    if name == nil, SavedFolder.isOne(folder) { return try loadFromDisk(folder) }
    if let card = try DatasetCard(folder: path), dataDir == nil {
        return try DataFolder(path: path).load(card, name: name, loading: loading)
    }
    guard name == nil || name == "default" else {
        throw DatasetError.invalidArgument(name: "name", problem: "\(path) holds one data set, without a name")
    }
    return try DataFolder.load(FolderSplits(folder: folder).find(), loading: loading)
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
    try DataFolder.load(splits.map { ($0.name, try $0.files.expanded()) }, loading: loading)
}

/// A folder whose card names its data sets.
struct DataFolder {
    let path: String

    func load(_ card: DatasetCard, name: String?, loading: LoadOptions) throws -> DatasetDict {
        let names = card.configurations.map(\.name)
        let chosen =
            card.configurations.first { $0.name == name ?? "default" }
            ?? (name == nil
                ? card.configurations.first(where: \.isDefault) ?? (names.count == 1 ? card.configurations[0] : nil)
                : nil)
        guard let chosen else {
            throw DatasetError.invalidArgument(
                name: "name",
                problem: (name.map { "'\(Excerpt.of($0))' is none of the data sets in \(path)" }
                    ?? "\(path) holds several data sets")
                    + "; name one of \(names.map { "'\(Excerpt.of($0))'" }.joined(separator: ", "))")
        }
        var loading = loading
        loading.features = loading.features ?? chosen.features
        let folder = try chosen.dataFolder.map { try inside($0) } ?? path
        guard let dataFiles = chosen.dataFiles else {
            return try Self.load(FolderSplits(folder: folder).find(), separator: chosen.separator, loading: loading)
        }
        let splits = try dataFiles.map { split, patterns in
            let files = try patterns.flatMap { pattern in try inside(pattern, of: folder).expandedPattern() }
            return (name: split, files: files)
        }
        return try Self.load(splits, separator: chosen.separator, loading: loading)
    }

    /// A path of the card, which may not leave the folder.
    private func inside(_ relative: String, of folder: String? = nil) throws -> String {
        guard !relative.hasPrefix("/"), !relative.split(separator: "/").contains("..") else {
            throw DatasetError.unreadableFile(
                path: "\(path)/README.md", problem: "it names a file outside of the folder: \(Excerpt.of(relative))")
        }
        return "\(folder ?? path)/\(relative)"
    }

    /// Loads splits of one format.
    static func load(
        _ splits: FolderSplits.Splits, separator: Character? = nil, loading: LoadOptions
    ) throws -> DatasetDict {
        let format = try commonFormat(splits)
        let reading: DataFileReading =
            switch format {
            case .csv: .delimited(separator.map { DelimitedOptions(delimiter: $0, quoting: true) } ?? .csv)
            case .tsv: .delimited(.tsv)
            case .json: .json(JSONLinesOptions())
            case .text: .text(TextOptions())
            case .parquet: .parquet(columns: nil)
            case .arrow: .arrow
            }
        return DatasetDict(
            try splits.compactMap { name, files in
                let files = files.filter { DataFileFormat(path: $0) == format }
                if files.isEmpty { return nil }
                return (name, try DataFilesLoader(files, reading: reading, options: loading).load())
            })
    }

    /// The format that most files have; of several, the one that Python would take too: the first.
    private static func commonFormat(_ splits: FolderSplits.Splits) throws -> DataFileFormat {
        var counts: [DataFileFormat: Int] = [:]
        for file in splits.flatMap(\.files) {
            guard let format = DataFileFormat(path: file) else {
                throw DatasetError.unreadableFile(
                    path: file, problem: "its ending says no format; known are \(DataFileFormat.endings)")
            }
            counts[format, default: 0] += 1
        }
        let most = counts.values.max() ?? 0
        guard let format = DataFileFormat.allCases.first(where: { counts[$0] == most }) else {
            throw DatasetError.invalidArgument(name: "files", problem: "no file is named")
        }
        return format
    }
}

extension String {
    fileprivate func expandedPattern() throws -> [String] { try [self].expanded() }
}
