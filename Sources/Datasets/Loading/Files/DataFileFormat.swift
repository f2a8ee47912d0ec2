/// The formats of table files, told by the ends of their names.
public enum DataFileFormat: String, Sendable, Hashable, CaseIterable {
    case csv, tsv, json, text, parquet, arrow

    /// The endings of the files' names, without the dot. Those of text formats may be followed by `.gz`, `.zst`,
    /// `.bz2` or `.lz4`.
    public var fileExtensions: [String] {
        switch self {
        case .csv: ["csv"]
        case .tsv: ["tsv"]
        case .json: ["json", "jsonl", "ndjson"]
        case .text: ["txt"]
        case .parquet: ["parquet", "geoparquet", "gpq"]
        case .arrow: ["arrow"]
        }
    }

    /// The format of the file `path`; nil where its ending says none.
    public init?(path: String) {
        guard let ending = Self.ending(of: path) else { return nil }
        self.init(ending: ending)
    }

    init?(ending: String) {
        guard let found = Self.allCases.first(where: { $0.fileExtensions.contains(ending) }) else { return nil }
        self = found
    }

    /// The one of ``fileExtensions`` that says the format of the file `path`; nil where none does.
    static func ending(of path: String) -> String? {
        let (compression, path) = Compression.of(path)
        guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return nil }
        let ending = path[path.index(after: dot)...].lowercased()
        guard let format = Self(ending: ending), compression == nil || format.isText else { return nil }
        return ending
    }

    var isText: Bool { self != .parquet && self != .arrow }

    /// All endings, for messages: `.csv, .tsv, …`.
    public static var endings: String {
        allCases.flatMap(\.fileExtensions).map { ".\($0)" }.joined(separator: ", ")
    }
}
