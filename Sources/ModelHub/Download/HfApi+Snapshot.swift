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
    ///   - localFilesOnly: Take what the cache has, and ask nothing.
    ///   - forceDownload: Read files again even if they are there.
    ///   - maxWorkers: Files that are downloaded at the same time, at least 1.
    ///   - progress: Told how far it is.
    /// - Returns: The folder of the snapshot; its files must not be changed.
    /// - Throws: ``HubError``, `CancellationError`. What is broken off goes on where it was the next time.
    @discardableResult
    public func snapshotDownload(
        _ repoId: String, repoType: RepositoryType = .model, revision: String? = nil,
        patterns: FilePatterns = FilePatterns(), localFilesOnly: Bool = false, forceDownload: Bool = false,
        maxWorkers: Int = 8, progress: TransferProgressHandler? = nil
    ) async throws -> URL {
        let id = try RepositoryID(repoId)
        let revision = try Revision(revision)
        let cache = RepositoryCache(id, repoType, in: cacheDir)
        guard maxWorkers >= 1 else { throw HubError.argument("maxWorkers is \(maxWorkers), but must be at least 1") }
        let snapshot = Snapshot(id: id, type: repoType, revision: revision, cache: cache, patterns: patterns)
        if localFilesOnly { return try snapshot.cached(because: "only local files are wanted", orThrow: nil) }
        if isOffline { return try snapshot.cached(because: "HF_HUB_OFFLINE is set", orThrow: nil) }
        let state: RepositoryState
        do {
            state = try await self.state(of: id, repoType, revision)
        } catch let error as HubError where error.allowsCachedCopy {
            return try snapshot.cached(because: "\(error)", orThrow: error)
        }
        let wanted = try state.files.filter { patterns.includes($0.path) }.map { (try RepositoryPath($0.path), $0) }
        try? cache.setReference(revision, to: state.commit)
        let tally = TransferTally(
            files: wanted.count, bytes: wanted.reduce(0) { $0.saturatingAdd($1.1.contentSize) }, progress)
        tally.begin()
        let pinned = try Revision(state.commit.description)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, (path, _)) in wanted.enumerated() {
                if index >= maxWorkers { try await group.next() }
                group.addTask {
                    let file = CachedFile(id: id, type: repoType, path: path, revision: pinned)
                    _ = try await download(
                        file, localFilesOnly: false, forceDownload: forceDownload, isSizeTold: true, tally)
                }
            }
            try await group.waitForAll()
        }
        try FolderMaker.make(cache.snapshot(state.commit))
        return cache.snapshot(state.commit)
    }

    /// A revision's commit and its files.
    struct RepositoryState: Sendable {
        let commit: CommitHash
        let files: [RepositoryFile]
    }

    /// Asks for a revision's commit, and for its files where the cache has no list of them.
    func state(
        of id: RepositoryID, _ type: RepositoryType, _ revision: Revision
    ) async throws -> RepositoryState {
        let cache = RepositoryCache(id, type, in: cacheDir)
        let commit: CommitHash
        if let own = revision.commit {
            commit = own
        } else {
            let info = try await repoInfo(id.description, repoType: type, revision: revision.description)
            guard let own = CommitHash(info.sha) else { throw HubError.invalidRevision(info.sha) }
            commit = own
        }
        if let files = cache.readTree(commit) { return RepositoryState(commit: commit, files: files) }
        let files = try await listRepoTree(id.description, repoType: type, revision: commit.description)
        cache.writeTree(files, of: commit)
        return RepositoryState(commit: commit, files: files)
    }
}

/// A snapshot in the cache.
private struct Snapshot {
    let id: RepositoryID
    let type: RepositoryType
    let revision: Revision
    let cache: RepositoryCache
    let patterns: FilePatterns

    /// The folder, if it is there and whole as far as the list of its files tells.
    ///
    /// - Parameter error: What the server said; it tells more than that nothing is in the cache.
    func cached(because reason: String, orThrow error: HubError?) throws(HubError) -> URL {
        guard let commit = cache.commit(of: revision),
            FileManager.default.fileExists(atPath: cache.snapshot(commit).path)
        else {
            throw error ?? .notCached("\(id) at '\(revision)'", reason: reason)
        }
        let missing = (cache.readTree(commit) ?? []).map(\.path).filter { name in
            guard patterns.includes(name) else { return false }
            guard let path = try? RepositoryPath(name) else { return true }
            return !cache.contains(path, at: commit)
        }
        guard missing.isEmpty else {
            throw .incompleteSnapshot(id.description, missing: missing, reason: reason)
        }
        return cache.snapshot(commit)
    }
}

extension Int {
    /// The sum, or the largest number where it would not fit.
    func saturatingAdd(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
