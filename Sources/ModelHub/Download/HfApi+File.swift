public import Foundation

extension HfApi {
    /// Downloads a file into the cache, where it is not there yet.
    ///
    /// Where the server does not answer, or denies access, the copy in the cache counts, as in Python.
    ///
    /// - Parameters:
    ///   - repoId: The repository: `org/name`.
    ///   - filename: The file, relative to the top of the repository.
    ///   - repoType: What the repository holds.
    ///   - revision: A branch, tag, commit or `refs/pr/1`; nil: `main`.
    ///   - localFilesOnly: Take what the cache has, and ask nothing.
    ///   - forceDownload: Read the file again even if it is there.
    ///   - progress: Told how far it is.
    /// - Returns: The file in the cache; it must not be changed.
    /// - Throws: ``HubError``, `CancellationError`. A download that is broken off goes on where it was the next time.
    @discardableResult
    public func hfHubDownload(
        _ repoId: String, filename: String, repoType: RepositoryType = .model, revision: String? = nil,
        localFilesOnly: Bool = false, forceDownload: Bool = false, progress: TransferProgressHandler? = nil
    ) async throws -> URL {
        try checkForce(forceDownload, localFilesOnly)
        let file = CachedFile(
            id: try RepositoryID(repoId), type: repoType, path: try RepositoryPath(filename),
            revision: try Revision(revision))
        let tally = TransferTally(files: 1, bytes: 0, progress)
        tally.begin()
        return try await download(
            file, localFilesOnly: localFilesOnly, forceDownload: forceDownload, isSizeTold: false, tally)
    }

    func checkForce(_ isForced: Bool, _ localFilesOnly: Bool) throws(HubError) {
        if isForced, localFilesOnly || isOffline {
            throw .argument(
                "forceDownload needs the network, which \(isOffline ? "HF_HUB_OFFLINE" : "localFilesOnly") forbids")
        }
    }

    /// A file of a repository and its place in the cache.
    struct CachedFile: Sendable {
        let id: RepositoryID
        let type: RepositoryType
        let path: RepositoryPath
        let revision: Revision
        var subject: HubSubject {
            HubSubject(id: id.description, revision: revision.description, file: path.description)
        }
    }

    /// - Parameter isSizeTold: Whether the tally knows of the file's size.
    func download(
        _ file: CachedFile, localFilesOnly: Bool, forceDownload: Bool, isSizeTold: Bool, _ tally: TransferTally
    ) async throws -> URL {
        let cache = RepositoryCache(file.id, file.type, in: cacheDir)
        func cached() -> URL? {
            guard !forceDownload, let commit = cache.commit(of: file.revision), cache.contains(file.path, at: commit)
            else { return nil }
            return cache.file(file.path, at: commit)
        }
        func useCached(_ place: URL) -> URL {
            let size = (try? FileDescriptor(place.path, .read, followsLinks: true).size()) ?? 0
            if !isSizeTold { tally.add(total: size) }
            tally.add(bytes: size)
            tally.finishFile()
            return place
        }
        // A commit never changes.
        if file.revision.commit != nil, let place = cached() { return useCached(place) }
        let what = "\(file.id)/\(file.path)"
        if localFilesOnly || isOffline {
            if let place = cached() { return useCached(place) }
            throw HubError.notCached(
                what, reason: localFilesOnly ? "only local files are wanted" : "HF_HUB_OFFLINE is set")
        }
        let metadata: FileMetadata
        do {
            do {
                metadata = try await self.metadata(
                    file.path, of: file.id, file.type, file.revision, persistently: false)
            } catch let error as HubError where error.meansUnreachable && !error.isFinal && cached() == nil {
                metadata = try await self.metadata(file.path, of: file.id, file.type, file.revision, persistently: true)
            }
        } catch let error as HubError where error.allowsCachedCopy {
            guard let place = cached() else { throw error }
            return useCached(place)
        }
        if !isSizeTold, let size = metadata.size { tally.add(total: size) }
        try await bring(file, metadata, cache, forceDownload: forceDownload, tally)
        tally.finishFile()
        return cache.file(file.path, at: metadata.commit)
    }

    private func bring(
        _ file: CachedFile, _ metadata: FileMetadata, _ cache: RepositoryCache, forceDownload: Bool,
        _ tally: TransferTally
    ) async throws {
        let etag = metadata.etag
        let copies = environment.disablesSymlinks
        if !forceDownload, cache.contains(file.path, at: metadata.commit) {
            // The cache may be read-only.
            try? cache.setReference(file.revision, to: metadata.commit)
            tally.add(bytes: metadata.size ?? 0)
            return
        }
        try cache.prepare(file.path, at: metadata.commit, etag)
        try cache.setReference(file.revision, to: metadata.commit)
        let lock = try await FileLock.acquire(cache.lock(etag).path)
        defer { withExtendedLifetime(lock) {} }
        let blob = cache.blob(etag).path
        if forceDownload || !FileManager.default.fileExists(atPath: blob) {
            let download = BlobDownload(
                api: self, metadata: metadata, path: file.path, subject: file.subject, tally: tally)
            try await download.run(to: blob, by: cache.partial(etag).path)
        } else {
            tally.add(bytes: metadata.size ?? 0)
        }
        try cache.link(file.path, at: metadata.commit, to: etag, copies: copies)
    }
}
