/// How a text file is compressed, told by the end of its name.
enum Compression: String, Sendable, Hashable, CaseIterable {
    case gzip, zstd, bz2, lz4

    fileprivate var suffixes: [String] {
        switch self {
        case .gzip: ["gz"]
        case .zstd: ["zst", "zstd"]
        case .bz2: ["bz2"]
        case .lz4: ["lz4"]
        }
    }

    /// The compression of the file `path`, and the path without its ending.
    static func of(_ path: String) -> (compression: Compression?, path: String) {
        guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return (nil, path) }
        let suffix = path[path.index(after: dot)...].lowercased()
        let found = allCases.first { $0.suffixes.contains(suffix) }
        return (found, found == nil ? path : String(path[..<dot]))
    }
}
