public import Foundation
import LocalFiles

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
    ///   - localDir: A folder to put the file itself into, in place of the cache; see ``snapshotDownload(_:repoType:revision:patterns:localDir:localFilesOnly:forceDownload:maxWorkers:progress:)``.
    ///   - localFilesOnly: Take what is there, and ask nothing.
    ///   - forceDownload: Read the file again even if it is there.
    ///   - progress: Told how far it is.
    /// - Returns: The file in the cache, which must not be changed; or that in `localDir`.
    /// - Throws: ``HubError``, `CancellationError`. A download that is broken off goes on where it was the next time.
    @discardableResult
    public func hfHubDownload(
        _ repoId: String, filename: String, repoType: RepositoryType = .model, revision: String? = nil,
        localDir: String? = nil, localFilesOnly: Bool = false, forceDownload: Bool = false,
        progress: TransferProgressHandler? = nil
    ) async throws -> URL {
        try checkForce(forceDownload, localFilesOnly)
        let file = CachedFile(
            id: try RepositoryID(repoId), type: repoType, path: try RepositoryPath(filename),
            revision: try Revision(revision))
        return try await HubNotice.told(to: progress) { progress in
            let tally = TransferTally(files: 1, bytes: 0, progress)
            tally.begin()
            if let localDir {
                return try await download(
                    file, nil, into: try LocalFolder(localDir), localFilesOnly: localFilesOnly,
                    forceDownload: forceDownload, tally)
            }
            return try await download(file, nil, localFilesOnly: localFilesOnly, forceDownload: forceDownload, tally)
        }
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

    /// - Parameter listed: What the repository's list says of the file; then the tally knows of its size.
    func download(
        _ file: CachedFile, _ listed: RepositoryFile?, localFilesOnly: Bool, forceDownload: Bool, _ tally: TransferTally
    ) async throws -> URL {
        let cache = RepositoryCache(file.id, file.type, in: cacheDir)
        func cached() -> URL? {
            guard !forceDownload, let commit = cache.commit(of: file.revision), cache.contains(file.path, at: commit)
            else { return nil }
            return cache.file(file.path, at: commit)
        }
        func useCached(_ place: URL) -> URL {
            tellExisting(place, listed, tally)
            return place
        }
        // A commit never changes.
        if file.revision.commit != nil, let place = cached() { return useCached(place) }
        if localFilesOnly || isOffline {
            if let place = cached() { return useCached(place) }
            throw HubError.notCached("\(file.id)/\(file.path)", reason: reasonForNoNetwork(localFilesOnly))
        }
        let metadata: FileMetadata
        do {
            metadata = try await self.metadata(of: file, mayWait: cached() == nil)
        } catch let error as HubError where error.allowsCachedCopy {
            guard let place = cached() else { throw error }
            return useCached(place)
        }
        if listed == nil, let size = metadata.size { tally.add(total: size) }
        try await bring(file, listed, metadata, cache, forceDownload: forceDownload, tally)
        tally.finishFile()
        return cache.file(file.path, at: metadata.commit)
    }

    /// Asks for a file's metadata: once, and then again and again where nothing else is left.
    func metadata(of file: CachedFile, mayWait: Bool) async throws -> FileMetadata {
        do {
            return try await metadata(file.path, of: file.id, file.type, file.revision, persistently: false)
        } catch let error as HubError where error.meansUnreachable && !error.isFinal && mayWait {
            return try await metadata(file.path, of: file.id, file.type, file.revision, persistently: true)
        }
    }

    /// A file that is there counts as done.
    func tellExisting(_ place: URL, _ listed: RepositoryFile?, _ tally: TransferTally) {
        let size = (try? FileDescriptor(place.path, .read, followsLinks: true).size()) ?? 0
        if listed == nil { tally.add(total: size) }
        tally.add(bytes: size)
        tally.finishFile()
    }

    func reasonForNoNetwork(_ localFilesOnly: Bool) -> String {
        localFilesOnly ? "only local files are wanted" : "HF_HUB_OFFLINE is set"
    }

    private func bring(
        _ file: CachedFile, _ listed: RepositoryFile?, _ metadata: FileMetadata, _ cache: RepositoryCache,
        forceDownload: Bool,
        _ tally: TransferTally
    ) async throws {
        let etag = metadata.etag
        let checksum = try metadata.checksum(listed)
        let copies = environment.disablesSymlinks
        if !forceDownload, cache.contains(file.path, at: metadata.commit) {
            // The cache may be read-only.
            try? cache.setReference(file.revision, to: metadata.commit)
            tally.add(bytes: metadata.size ?? 0)
            return
        }
        try cache.prepare(file.path, at: metadata.commit, etag)
        try cache.setReference(file.revision, to: metadata.commit)
        let lock = try await lock(cache.lock(etag).path, file.path.description)
        defer { withExtendedLifetime(lock) {} }
        let blob = cache.blob(etag).path
        if forceDownload || !FileManager.default.fileExists(atPath: blob) {
            let download = BlobDownload(
                api: self, metadata: metadata, checksum: checksum, path: file.path, subject: file.subject, tally: tally)
            try await download.run(to: blob, by: cache.partial(etag).path)
        } else {
            tally.add(bytes: metadata.size ?? 0)
        }
        try cache.link(file.path, at: metadata.commit, to: etag, copies: copies)
    }

    /// The lock that lets one process alone write something; a long wait for it is told.
    func lock(_ path: String, _ name: String) async throws -> FileLock {
        do {
            return try await FileLock.acquire(path) {
                HubNotice.tell("\(name): waiting for another process, which holds \(path)")
            }
        } catch let failure as FileFailure {
            throw HubError.file(path: failure.path ?? path, reason: failure.reason)
        }
    }
}
