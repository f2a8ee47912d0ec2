import Foundation
import OrderedJSON

extension RepositoryCache {
    private static let treeVersion = 1
    private static let longestTree = 256 << 20

    private func tree(_ commit: CommitHash) -> URL { folder.appending(path: "trees/\(commit).json") }

    /// The list of a commit's files, which never changes; nil where it is not kept, or not readable.
    func readTree(_ commit: CommitHash) -> [RepositoryFile]? {
        guard let file = try? FileDescriptor(tree(commit).path, .read), let size = try? file.size(),
            size <= Self.longestTree, let data = FileManager.default.contents(atPath: file.path),
            let json = try? JSONValue(parsing: data, depthLimit: 16),
            json["format_version"]?.intValue == Self.treeVersion, let files = json["files"]?.objectValue
        else { return nil }
        return try? files.members.map { try RepositoryFile.cached($0.key, $0.value) }
    }

    /// Keeps the list of a commit's files; a cache that cannot be written is no matter.
    func writeTree(_ files: [RepositoryFile], of commit: CommitHash) {
        var object = JSONObject()
        for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            object[file.path] = file.json
        }
        let json: JSONValue = ["format_version": .int(Self.treeVersion), "files": .object(object)]
        let place = tree(commit)
        try? FolderMaker.make(place.deletingLastPathComponent())
        try? AtomicFile.write(Data(json.serializedBytes(JSONFormat(indent: 1))), to: place)
    }
}
