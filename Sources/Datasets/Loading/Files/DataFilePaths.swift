internal import Foundation
internal import LocalFiles

/// What names data files: a path, or an array of paths. Each may be a pattern: `data/*.csv`, `**/train-*.parquet`.
public protocol DataFilePaths {
    var paths: [String] { get }
}

extension String: DataFilePaths {
    public var paths: [String] { [self] }
}

extension Array: DataFilePaths where Element == String {
    public var paths: [String] { self }
}

extension DataFilePaths {
    /// The files that the paths and patterns name, each once, those of a pattern sorted.
    ///
    /// - Parameter folder: what relative paths start from; empty for the working directory.
    /// - Throws: ``DatasetError/unreadableFile(path:problem:)`` where a pattern matches nothing.
    public func expanded(in folder: String = "") throws -> [String] {
        var seen: Set<String> = []
        var files: [String] = []
        for path in paths {
            let expandedPath = path.hasPrefix("~/") ? NSString(string: path).expandingTildeInPath : path
            let full = expandedPath.hasPrefix("/") || folder.isEmpty ? expandedPath : "\(folder)/\(expandedPath)"
            // A file of that very name comes before a pattern.
            if !GlobPattern.isPattern(path) || FileManager.default.fileExists(atPath: full) {
                if seen.insert(full).inserted { files.append(full) }
                continue
            }
            let found = FileSearch.files(expandedPath, in: folder)
            guard !found.isEmpty else {
                throw DatasetError.unreadableFile(path: full, problem: "no file matches the pattern")
            }
            files += found.filter { seen.insert($0).inserted }
        }
        guard !files.isEmpty else { throw DatasetError.invalidArgument(name: "files", problem: "no file is named") }
        return files
    }

    /// The same, once it is clear that each is a file that is there.
    ///
    /// - Throws: ``DatasetError/unreadableFile(path:problem:)``.
    public func readable(in folder: String = "") throws -> [String] {
        let files = try expanded(in: folder)
        for file in files { try FileBytes.checkReadable(file) }
        return files
    }
}
