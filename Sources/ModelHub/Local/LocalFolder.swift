import Crypto
import Foundation
import LocalFiles

/// A folder that holds a repository's files themselves, not links into the cache: `local_dir` of `huggingface_hub`. What it
/// knows of them lies beside, in its layout:
/// ```
/// config.json
/// sub/weights.bin
/// .cache/huggingface/.gitignore, CACHEDIR.TAG
/// .cache/huggingface/trees/<commit>.json
/// .cache/huggingface/download/sub/weights.bin.metadata   commit, etag and time, a line each
/// .cache/huggingface/download/sub/weights.bin.lock
/// ```
struct LocalFolder: Sendable {
    let root: URL

    /// - Throws: ``HubError/argument(_:)`` for an empty path.
    init(_ path: String) throws(HubError) {
        guard !path.isEmpty else { throw .argument("localDir is empty; name a folder, '.' for this one") }
        let expanded = path.hasPrefix("~/") ? (path as NSString).expandingTildeInPath : path
        root = URL(filePath: expanded, directoryHint: .isDirectory).absoluteURL.standardizedFileURL
    }

    private var own: URL { root.appending(path: ".cache/huggingface", directoryHint: .isDirectory) }
    private var downloads: URL { own.appending(path: "download", directoryHint: .isDirectory) }

    /// Where the lists of commits' files are kept.
    var trees: TreeCache { TreeCache(folder: own) }

    func file(_ path: RepositoryPath) -> URL { root.appending(path: path.description) }
    private func metadata(_ path: RepositoryPath) -> URL { downloads.appending(path: "\(path).metadata") }
    func lock(_ path: RepositoryPath) -> URL { downloads.appending(path: "\(path).lock") }

    func partial(_ path: RepositoryPath, _ etag: ETag) -> URL {
        // Python's name: the hash keeps it short.
        let name = metadata(path).lastPathComponent
        let hash = Data(Insecure.SHA1.hash(data: Data(name.utf8))).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_")
        return metadata(path).deletingLastPathComponent().appending(path: "\(hash).\(etag).incomplete")
    }

    func contains(_ path: RepositoryPath) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: file(path).path, isDirectory: &isFolder) && !isFolder.boolValue
    }

    /// The commit that was downloaded last: that of the newest list of files.
    var commit: CommitHash? {
        let lists = try? FileManager.default.contentsOfDirectory(
            at: own.appending(path: "trees"), includingPropertiesForKeys: [.contentModificationDateKey])
        let dated = (lists ?? []).filter { $0.pathExtension == "json" }.compactMap { list -> (CommitHash, Date)? in
            let date = try? list.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
            return CommitHash(list.deletingPathExtension().lastPathComponent).map { ($0, date ?? .distantPast) }
        }
        return dated.max { $0.1 < $1.1 }?.0
    }

    /// Whether there is anything in it.
    var isThere: Bool { (try? FileManager.default.contentsOfDirectory(atPath: root.path).isEmpty) == false }

    /// The folders for a file and for what is known of it.
    ///
    /// - Throws: ``HubError/file(path:reason:)``; ``HubError/unsafeName(_:)`` for a file that would stand among what is
    ///   known of others.
    func prepare(_ path: RepositoryPath) throws(HubError) {
        guard path.parts.prefix(2) != [".cache", "huggingface"] else { throw .unsafeName(path.description) }
        try FolderMaker.make(parentsOf: path, in: root)
        try FolderMaker.make(parentsOf: try RepositoryPath(".cache/huggingface/download/\(path)"), in: root)
        for (name, text) in [("CACHEDIR.TAG", RepositoryCache.tag), (".gitignore", "*")] {
            let place = own.appending(path: name).path
            guard !FileManager.default.fileExists(atPath: place) else { continue }
            try? DurableFile.replace(place, Data(text.utf8))
        }
    }

    // MARK: What is known of a file

    /// Where a file came from.
    struct Origin {
        let commit: CommitHash
        let etag: ETag
    }

    /// Where a file came from; nil where that is not known, or it was changed since.
    func origin(of path: RepositoryPath) -> Origin? {
        guard let file = try? FileDescriptor(metadata(path).path, .read), let size = try? file.size(), size <= 4096,
            let data = FileManager.default.contents(atPath: file.path)
        else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
        guard lines.count == 3, let commit = CommitHash(lines[0]), let etag = ETag(header: lines[1]),
            let time = Double(lines[2])
        else { return nil }
        let attributes = try? FileManager.default.attributesOfItem(atPath: self.file(path).path)
        // File systems may round the time.
        guard let modified = attributes?[.modificationDate] as? Date, modified.timeIntervalSince1970 - 1 <= time else {
            return nil
        }
        return Origin(commit: commit, etag: etag)
    }

    /// - Throws: ``HubError/file(path:reason:)``.
    func note(_ origin: Origin, of path: RepositoryPath) throws(HubError) {
        let text = "\(origin.commit)\n\(origin.etag)\n\(Date().timeIntervalSince1970)\n"
        let place = metadata(path).path
        try HubError.onDisk(place) { try DurableFile.replace(place, Data(text.utf8)) }
    }
}
