import Foundation
import LocalFiles
import OrderedJSON

/// Lists of commits' files, which never change: `trees/<commit>.json` in a repository's cache, or beside files of a folder.
struct TreeCache: Sendable {
    let folder: URL

    private static let version = 1
    private static let longest = 256 << 20

    private func place(_ commit: CommitHash) -> URL { folder.appending(path: "trees/\(commit).json") }

    /// The list of a commit's files; nil where it is not kept, or not readable.
    func read(_ commit: CommitHash) -> [RepositoryFile]? {
        guard let file = try? FileDescriptor(place(commit).path, .read), let size = try? file.size(),
            size <= Self.longest, let data = FileManager.default.contents(atPath: file.path),
            let json = try? JSONValue(parsing: data, depthLimit: 16),
            json["format_version"]?.intValue == Self.version, let files = json["files"]?.objectValue
        else { return nil }
        return try? files.members.map { try RepositoryFile.cached($0.key, $0.value) }
    }

    /// Keeps the list of a commit's files; a cache that cannot be written is no matter.
    func write(_ files: [RepositoryFile], of commit: CommitHash) {
        var object = JSONObject()
        for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            object[file.path] = file.json
        }
        let json: JSONValue = ["format_version": .int(Self.version), "files": .object(object)]
        let place = place(commit)
        try? FolderMaker.make(place.deletingLastPathComponent())
        try? DurableFile.replace(place.path, Data(json.serializedBytes(JSONFormat(indent: 1))))
    }
}
