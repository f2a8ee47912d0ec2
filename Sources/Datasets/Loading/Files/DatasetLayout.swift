internal import Foundation

/// Which files of a folder, or of a data set repository on the Hub, make up which split, and how they are read: by the head
/// of its `README.md`, or by names that tell.
package struct DatasetLayout: Sendable {
    /// The splits in order, each with its files, relative to the top.
    package let splits: [(name: String, files: [String])]
    private let format: DataFileFormat
    private let separator: Character?
    private let features: Features?

    /// - Parameters:
    ///   - names: All files, relative to the top.
    ///   - card: The text of `README.md`, where there is one.
    ///   - name: The data set of several in one repository; nil for its default.
    ///   - source: The folder or repository, for messages.
    /// - Throws: ``DatasetError`` where there are no data files, no data set of that name, or the card is malformed.
    package init(names: [String], card: String?, name: String?, source: String) throws {
        let card = try card.flatMap { try DatasetCard($0, source: "\(source)/README.md") }
        guard let chosen = try card?.choose(name, source) else {
            guard name == nil || name == "default" else {
                throw DatasetError.invalidArgument(
                    name: "name", problem: "\(source) holds one data set, without a name")
            }
            try self.init(SplitNames(names).find(), source)
            return
        }
        let folder = try chosen.dataFolder.map { try Self.inside($0, source) } ?? ""
        let prefix = folder.isEmpty ? "" : folder + "/"
        let below = names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        let found = SplitNames(below)
        let splits = try chosen.dataFiles?.map { split, patterns in
            var seen: Set<String> = []
            let files = try patterns.flatMap { pattern in
                let files = found.files(try Self.inside(pattern, source))
                guard !files.isEmpty else {
                    throw DatasetError.unreadableFile(
                        path: "\(source)/\(prefix)\(pattern)",
                        problem: "no data file matches, which README.md names for the split '\(Excerpt.of(split))'")
                }
                return files
            }
            return (name: split, files: files.filter { seen.insert($0).inserted })
        }
        try self.init(
            (splits ?? found.find()).map { ($0.name, $0.files.map { prefix + $0 }) }, source,
            separator: chosen.separator, features: chosen.features)
    }

    /// - Parameter splits: Files of one format; of several in one split the most frequent counts.
    init(_ splits: SplitNames.Splits, _ source: String, separator: Character? = nil, features: Features? = nil) throws {
        let formats = try splits.map { (split: $0.name, format: try Self.commonFormat($0.files)) }
        guard let format = formats.first?.format else {
            throw DatasetError.unreadableFile(
                path: source, problem: "there are no data files (\(DataFileFormat.endings))")
        }
        guard formats.allSatisfy({ $0.format == format }) else {
            let list = formats.map { "\($0.split): \($0.format.rawValue)" }.joined(separator: ", ")
            throw DatasetError.invalidArgument(
                name: "files",
                problem: "the splits of \(source) have different formats (\(list)); name the files yourself")
        }
        self.splits = splits.map { ($0.name, $0.files.filter { DataFileFormat(path: $0) == format }) }
        self.format = format
        self.separator = separator
        self.features = features
    }

    /// A path of the card, which may not leave the folder.
    private static func inside(_ relative: String, _ source: String) throws -> String {
        guard !relative.hasPrefix("/"), !relative.split(separator: "/").contains("..") else {
            throw DatasetError.unreadableFile(
                path: "\(source)/README.md", problem: "it names a file outside of the folder: \(Excerpt.of(relative))")
        }
        let path = relative.hasPrefix("./") ? String(relative.dropFirst(2)) : relative
        return path == "." ? "" : path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// The format that most files of a split have; of several, as in Python: Parquet, Arrow, JSON Lines, JSON, CSV, and then
    /// backwards by the alphabet.
    private static func commonFormat(_ files: [String]) throws -> DataFileFormat {
        var counts: [String: Int] = [:]
        for file in files {
            guard let ending = DataFileFormat.ending(of: file) else {
                throw DatasetError.unreadableFile(
                    path: file, problem: "its ending says no format; known are \(DataFileFormat.endings)")
            }
            counts[ending, default: 0] += 1
        }
        let favourites = ["csv", "json", "jsonl", "arrow", "parquet"]
        func rank(_ ending: String) -> (Int, Int, String) {
            (counts[ending] ?? 0, favourites.firstIndex(of: ending) ?? -1, ending)
        }
        guard let ending = counts.keys.max(by: { rank($0) < rank($1) }), let format = DataFileFormat(ending: ending)
        else { throw DatasetError.invalidArgument(name: "files", problem: "no file is named") }
        return format
    }

    /// Loads the splits.
    ///
    /// - Parameter folder: Where the files are; nil where their paths are whole.
    /// - Throws: ``DatasetError``.
    package func load(in folder: String?, loading: LoadOptions = LoadOptions()) throws -> DatasetDict {
        var loading = loading
        loading.features = loading.features ?? features
        return DatasetDict(
            try splits.map { name, files in
                let paths = folder.map { folder in files.map { "\(folder)/\($0)" } } ?? files
                return (name, try DataFilesLoader(paths, reading: reading, options: loading).load())
            })
    }

    private var reading: DataFileReading {
        switch format {
        case .csv, .tsv:
            .delimited(
                separator.map { DelimitedOptions(delimiter: $0, quoting: true) } ?? (format == .csv ? .csv : .tsv))
        case .json: .json(JSONLinesOptions())
        case .text: .text(TextOptions())
        case .parquet: .parquet(columns: nil)
        case .arrow: .arrow
        }
    }
}
