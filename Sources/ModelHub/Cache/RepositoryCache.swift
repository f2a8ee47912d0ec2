import Foundation
import LocalFiles

/// The folder of one repository in the cache, in `huggingface_hub`'s layout:
/// ```
/// models--org--name/
///   refs/main                      the commit that the branch was last
///   blobs/<etag>                   content
///   snapshots/<commit>/config.json a link to its content
///   trees/<commit>.json            the list of the commit's files
///   .no_exist/<commit>/<name>      files that the commit lacks
/// .locks/models--org--name/<etag>.lock
/// ```
struct RepositoryCache: Sendable {
    let root: URL
    let folder: URL
    private let name: String

    init(_ id: RepositoryID, _ type: RepositoryType, in root: URL) {
        self.root = root
        name = id.cacheFolder(type)
        folder = root.appending(path: name, directoryHint: .isDirectory)
    }

    var trees: TreeCache { TreeCache(folder: folder) }
    func blob(_ etag: ETag) -> URL { folder.appending(path: "blobs/\(etag)") }
    func partial(_ etag: ETag) -> URL { folder.appending(path: "blobs/\(etag).incomplete") }
    func lock(_ etag: ETag) -> URL { root.appending(path: ".locks/\(name)/\(etag).lock") }
    func snapshot(_ commit: CommitHash) -> URL {
        folder.appending(path: "snapshots/\(commit)", directoryHint: .isDirectory)
    }
    func file(_ path: RepositoryPath, at commit: CommitHash) -> URL {
        snapshot(commit).appending(path: path.description)
    }

    /// Whether the file is there, its content too.
    func contains(_ path: RepositoryPath, at commit: CommitHash) -> Bool {
        FileManager.default.fileExists(atPath: file(path, at: commit).path)
    }

    // MARK: References

    /// The commit that a branch or tag was when it was last asked for; a commit is itself.
    func commit(of revision: Revision) -> CommitHash? {
        if let commit = revision.commit { return commit }
        let file = folder.appending(path: "refs/\(revision)").path
        guard let data = FileManager.default.contents(atPath: file), data.count <= 256 else { return nil }
        return CommitHash(String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// - Throws: ``HubError/file(path:reason:)``.
    func setReference(_ revision: Revision, to commit: CommitHash) throws(HubError) {
        guard revision.description != commit.description, self.commit(of: revision) != commit else { return }
        let refs = folder.appending(path: "refs", directoryHint: .isDirectory)
        let path = try RepositoryPath(revision.description)
        try FolderMaker.make(parentsOf: path, in: refs)
        let place = refs.appending(path: path.description).path
        try HubError.onDisk(place) { try DurableFile.replace(place, Data(commit.description.utf8)) }
    }

    /// - Throws: ``HubError/file(path:reason:)``.
    func noteAbsence(of path: RepositoryPath, at commit: CommitHash) throws(HubError) {
        let absent = folder.appending(path: ".no_exist/\(commit)", directoryHint: .isDirectory)
        try FolderMaker.make(parentsOf: path, in: absent)
        _ = try FileDescriptor(absent.appending(path: path.description).path, .readWrite)
    }

    // MARK: Making

    /// The folders for a file's content, its link and its lock, and the tag that lets backups skip the cache.
    ///
    /// - Throws: ``HubError/file(path:reason:)``.
    func prepare(_ path: RepositoryPath, at commit: CommitHash, _ etag: ETag) throws(HubError) {
        try FolderMaker.make(folder.appending(path: "blobs"))
        try FolderMaker.make(parentsOf: path, in: snapshot(commit))
        try FolderMaker.make(lock(etag).deletingLastPathComponent())
        let tag = root.appending(path: "CACHEDIR.TAG")
        if !FileManager.default.fileExists(atPath: tag.path) { try? DurableFile.replace(tag.path, Data(Self.tag.utf8)) }
    }

    static let tag = """
        Signature: 8a477f597d28d172789f06886806bc55
        # This file is a cache directory tag created by huggingface_hub.
        # For information about cache directory tags, see:
        #\thttps://bford.info/cachedir/

        """

    /// Puts a file into a snapshot: a relative link to its content, or a copy where links are not wanted or possible.
    ///
    /// - Throws: ``HubError/file(path:reason:)``.
    func link(_ path: RepositoryPath, at commit: CommitHash, to etag: ETag, copies: Bool) throws(HubError) {
        let place = file(path, at: commit).path
        let up = String(repeating: "../", count: path.parts.count + 1)
        for _ in 0..<3 {
            if !copies, symlink("\(up)blobs/\(etag)", place) == 0 { return }
            let code = errno
            if copies || code == EPERM || code == EOPNOTSUPP { return try copy(etag, to: place) }
            guard code == EEXIST else { throw .system(place, code) }
            if FileManager.default.fileExists(atPath: place) { return }
            // A link to content that has gone.
            guard unlink(place) == 0 || errno == ENOENT else { throw .system(place) }
        }
        throw .file(path: place, reason: "another program changes it at the same time")
    }

    private func copy(_ etag: ETag, to place: String) throws(HubError) {
        try HubError.onDisk(place) {
            try DurableFile.replace(place) { (temporary: String) in
                do {
                    try FileManager.default.copyItem(atPath: blob(etag).path, toPath: temporary)
                } catch {
                    throw FileFailure(path: place, reason: error.localizedDescription)
                }
                try DurableFile.synchronize(temporary)
            }
        }
    }
}
