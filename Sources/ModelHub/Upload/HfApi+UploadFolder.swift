public import Foundation

extension HfApi {
    /// Uploads a folder as one commit; what the repository has already is not sent again.
    ///
    /// - Parameters:
    ///   - folder: The folder. Links to files are followed, those to folders are not; `.git` and `.cache/huggingface` stay.
    ///   - repoId: The repository, which must exist; see ``createRepo(_:repoType:isPrivate:existOk:)``.
    ///   - repoType: What kind of repository it is.
    ///   - pathInRepo: A folder of the repository; nil: its top.
    ///   - revision: The branch; nil: `main`.
    ///   - message: The first line of the commit's message.
    ///   - description: What follows it.
    ///   - patterns: Which files, relative to `folder`.
    ///   - deletePatterns: Files of the repository, relative to `pathInRepo`, that the commit removes, unless it adds them.
    ///   - createPullRequest: Whether to make a pull request of it.
    ///   - parentCommit: The commit that the branch must be at.
    ///   - progress: Told how much has been sent into LFS storage.
    /// - Throws: ``HubError``, `CancellationError`.
    @discardableResult
    public func uploadFolder(
        _ folder: URL, repoId: String, repoType: RepositoryType = .model, pathInRepo: String? = nil,
        revision: String? = nil, message: String = "Upload folder using swift-trainer", description: String = "",
        patterns: FilePatterns = FilePatterns(), deletePatterns: [String]? = nil, createPullRequest: Bool = false,
        parentCommit: String? = nil, progress: TransferProgressHandler? = nil
    ) async throws -> CommitInfo {
        var prefix = (pathInRepo ?? "").trimmingCharacters(in: ["/"])
        if prefix == "." { prefix = "" }
        if !prefix.isEmpty {
            _ = try RepositoryPath(prefix)
            prefix += "/"
        }
        var patterns = patterns
        patterns.ignore += Self.neverUploaded
        let files = try FolderFiles.list(folder).filter { patterns.includes($0) }
        var operations: [CommitOperation] = []
        if let deletePatterns {
            let added = Set(files.map { prefix + $0 })
            let wanted = FilePatterns(allow: deletePatterns)
            let remote = try await listRepoTree(
                repoId, repoType: repoType, revision: createPullRequest ? nil : revision)
            for path in remote.map(\.path) where path.hasPrefix(prefix) && !added.contains(path) {
                let relative = String(path.dropFirst(prefix.count))
                if relative != ".gitattributes", wanted.includes(relative) { operations.append(.delete(path: path)) }
            }
        }
        operations += files.map { .add(path: prefix + $0, file: folder.appending(path: $0)) }
        return try await createCommit(
            repoId, operations: operations, message: message, description: description, repoType: repoType,
            revision: revision, createPullRequest: createPullRequest, parentCommit: parentCommit, progress: progress)
    }

    private static let neverUploaded = [
        ".git", ".git/*", "*/.git", "**/.git/**", ".cache/huggingface", ".cache/huggingface/*",
        "*/.cache/huggingface", "**/.cache/huggingface/**",
    ]
}

/// The files of a folder and of those inside it.
enum FolderFiles {
    /// Names relative to the folder, with `/` between them, sorted.
    ///
    /// - Throws: ``HubError/file(path:reason:)``.
    static func list(_ folder: URL) throws(HubError) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw .file(path: folder.path, reason: "there is no such folder")
        }
        var files: [String] = []
        var waiting = [""]
        while let prefix = waiting.popLast() {
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + prefix)
            } catch {
                throw .file(path: folder.path + "/" + prefix, reason: error.localizedDescription)
            }
            for name in names {
                let path = folder.path + "/" + prefix + name
                var status = stat()
                guard lstat(path, &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: waiting.append(prefix + name + "/")
                case S_IFREG: files.append(prefix + name)
                case S_IFLNK:
                    // Snapshots of the cache are links to files.
                    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG { files.append(prefix + name) }
                default: continue
                }
            }
        }
        return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
