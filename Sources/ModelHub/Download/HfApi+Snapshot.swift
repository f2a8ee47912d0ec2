public import Foundation

extension HfApi {
    /// Downloads the files of a repository into the cache, several at a time; those that are there are not read again.
    ///
    /// Where the server does not answer, or denies access, a whole copy in the cache counts, as in Python.
    ///
    /// - Parameters:
    ///   - repoId: The repository: `org/name`.
    ///   - repoType: What the repository holds.
    ///   - revision: A branch, tag, commit or `refs/pr/1`; nil: `main`.
    ///   - patterns: Which files; all by default.
    ///   - localDir: A folder to put the files themselves into, in place of the cache: as Python's `local_dir`, with which it
    ///     shares what is noted in `.cache/huggingface` there. nil: the cache.
    ///   - localFilesOnly: Take what is there, and ask nothing.
    ///   - forceDownload: Read files again even if they are there.
    ///   - maxWorkers: Files that are downloaded at the same time, at least 1.
    ///   - progress: Told how far it is.
    /// - Returns: The folder of the snapshot, whose files must not be changed; or `localDir`.
    /// - Throws: ``HubError``, `CancellationError`. What is broken off goes on where it was the next time.
    @discardableResult
    public func snapshotDownload(
        _ repoId: String, repoType: RepositoryType = .model, revision: String? = nil,
        patterns: FilePatterns = FilePatterns(), localDir: String? = nil, localFilesOnly: Bool = false,
        forceDownload: Bool = false,
        maxWorkers: Int = 8, progress: TransferProgressHandler? = nil
    ) async throws -> URL {
        guard maxWorkers >= 1 else { throw HubError.argument("maxWorkers is \(maxWorkers), but must be at least 1") }
        try checkForce(forceDownload, localFilesOnly)
        return try await HubNotice.told(to: progress) { progress in
            let snapshot = try await Snapshot.find(
                self, repoId, repoType, revision: revision,
                localDir: try localDir.map { path throws(HubError) in try LocalFolder(path) },
                localFilesOnly: localFilesOnly)
            return try await snapshot.bring(
                forceDownload: forceDownload, maxWorkers: maxWorkers, progress: progress
            ) { patterns.includes($0) }
        }
    }
}

/// A repository at one commit: on the server, or as far as the cache has it.
struct Snapshot: Sendable {
    enum Source: Sendable {
        case server([RepositoryFile])
        /// The server is not asked, or does not answer, for this reason; where the cache keeps it, the list of all files.
        case cache(reason: String, [RepositoryFile]?)
    }

    let api: HfApi
    let id: RepositoryID
    let type: RepositoryType
    let revision: Revision
    let commit: CommitHash
    let source: Source
    private let cache: RepositoryCache
    /// The folder that has the files themselves; nil: the cache.
    private let local: LocalFolder?

    var folder: URL { local?.root ?? cache.snapshot(commit) }

    /// Asks what the revision is now, and for its files where the cache has no list of them.
    ///
    /// - Throws: ``HubError`` where neither the server nor the cache has it.
    static func find(
        _ api: HfApi, _ repoId: String, _ type: RepositoryType, revision: String?, localDir local: LocalFolder? = nil,
        localFilesOnly: Bool
    ) async throws -> Snapshot {
        let id = try RepositoryID(repoId)
        let revision = try Revision(revision)
        let cache = RepositoryCache(id, type, in: api.cacheDir)
        let trees = local?.trees ?? cache.trees
        func cached(_ reason: String, _ error: HubError?) throws(HubError) -> Snapshot {
            let commit = cache.commit(of: revision) ?? local?.commit
            guard let commit, local?.isThere ?? FileManager.default.fileExists(atPath: cache.snapshot(commit).path)
            else {
                throw error ?? .notCached(local?.root.path ?? "\(id) at '\(revision)'", reason: reason)
            }
            return Snapshot(
                api: api, id: id, type: type, revision: revision, commit: commit,
                source: .cache(reason: reason, trees.read(commit)), cache: cache, local: local)
        }
        if localFilesOnly { return try cached("only local files are wanted", nil) }
        if api.isOffline { return try cached("HF_HUB_OFFLINE is set", nil) }
        do {
            let commit: CommitHash
            if let own = revision.commit {
                commit = own
            } else {
                let info = try await api.info(
                    repoId, type, revision.description, persistently: (try? cached("", nil)) == nil)
                guard let own = CommitHash(info.sha) else { throw HubError.invalidRevision(info.sha) }
                commit = own
            }
            var files = trees.read(commit)
            if files == nil {
                let listed = try await api.listRepoTree(repoId, repoType: type, revision: commit.description)
                trees.write(listed, of: commit)
                files = listed
            }
            return Snapshot(
                api: api, id: id, type: type, revision: revision, commit: commit, source: .server(files ?? []),
                cache: cache, local: local)
        } catch let error as HubError where error.allowsCachedCopy {
            return try cached("\(error)", error)
        }
    }

    /// The names of the repository's files; where the cache has no list, of those that it has.
    var fileNames: [String] {
        get throws(HubError) {
            switch source {
            case .server(let files), .cache(_, .some(let files)): files.map(\.path)
            case .cache(_, nil): try FolderFiles.list(folder)
            }
        }
    }

    /// Sees to it that the cache has the files that are wanted.
    ///
    /// - Returns: The folder.
    func bring(
        forceDownload: Bool = false, maxWorkers: Int = 8, progress: TransferProgressHandler? = nil,
        where isWanted: (String) -> Bool
    ) async throws -> URL {
        switch source {
        case .server(let files):
            let wanted = try files.filter { isWanted($0.path) }.map { (try RepositoryPath($0.path), $0) }
            try await download(wanted, forceDownload: forceDownload, maxWorkers: maxWorkers, progress)
        case .cache(let reason, let files):
            let missing = (files ?? []).map(\.path).filter { name in
                guard isWanted(name) else { return false }
                return (try? RepositoryPath(name)).map { !contains($0) } ?? true
            }
            guard missing.isEmpty else {
                throw HubError.incompleteSnapshot(id.description, missing: missing, reason: reason)
            }
        }
        return folder
    }

    private func contains(_ path: RepositoryPath) -> Bool {
        local?.contains(path) ?? cache.contains(path, at: commit)
    }

    private func download(
        _ files: [(RepositoryPath, RepositoryFile)], forceDownload: Bool, maxWorkers: Int,
        _ progress: TransferProgressHandler?
    ) async throws {
        if local == nil { try? cache.setReference(revision, to: commit) }
        let tally = TransferTally(
            files: files.count, bytes: files.reduce(0) { $0.saturatingAdd($1.1.contentSize) }, progress)
        tally.begin()
        let pinned = try Revision(commit.description)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, (path, listed)) in files.enumerated() {
                if index >= maxWorkers { try await group.next() }
                group.addTask {
                    let file = HfApi.CachedFile(id: id, type: type, path: path, revision: pinned)
                    _ =
                        if let local {
                            try await api.download(
                                file, listed, into: local, localFilesOnly: false, forceDownload: forceDownload, tally)
                        } else {
                            try await api.download(
                                file, listed, localFilesOnly: false, forceDownload: forceDownload, tally)
                        }
                }
            }
            try await group.waitForAll()
        }
        try FolderMaker.make(folder)
    }
}

extension Int {
    /// The sum, or the largest number where it would not fit.
    func saturatingAdd(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
