import Foundation
import LocalFiles

extension HfApi {
    /// Downloads a file into a folder of its own, where it is not there yet; parameters as for the cache.
    func download(
        _ file: CachedFile, _ listed: RepositoryFile?, into folder: LocalFolder, localFilesOnly: Bool,
        forceDownload: Bool, _ tally: TransferTally
    ) async throws -> URL {
        let place = folder.file(file.path)
        func useExisting() -> URL {
            tellExisting(place, listed, tally)
            return place
        }
        let isThere = !forceDownload && folder.contains(file.path)
        let origin = folder.origin(of: file.path)
        // A commit never changes.
        if isThere, let commit = file.revision.commit, origin?.commit == commit { return useExisting() }
        if localFilesOnly || isOffline {
            if isThere { return useExisting() }
            throw HubError.notCached(place.path, reason: reasonForNoNetwork(localFilesOnly))
        }
        let metadata: FileMetadata
        do {
            metadata = try await self.metadata(of: file, mayWait: !isThere)
        } catch let error as HubError where error.allowsCachedCopy && isThere {
            return useExisting()
        }
        if listed == nil, let size = metadata.size { tally.add(total: size) }
        let checksum = try metadata.checksum(listed)
        try folder.prepare(file.path)
        let lock = try await lock(folder.lock(file.path).path, file.path.description)
        defer { withExtendedLifetime(lock) {} }
        let isWhole = forceDownload ? false : try await holds(folder, file.path, metadata, checksum)
        if isWhole {
            tally.add(bytes: metadata.size ?? 0)
        } else if !forceDownload, let cached = cachedCopy(of: file, metadata) {
            try HubError.onDisk(place.path) {
                try DurableFile.replace(place.path) { (temporary: String) in
                    try FileManager.default.copyItem(atPath: cached.path, toPath: temporary)
                    try DurableFile.synchronize(temporary)
                }
            }
            tally.add(bytes: metadata.size ?? 0)
        } else {
            let download = BlobDownload(
                api: self, metadata: metadata, checksum: checksum, path: file.path, subject: file.subject, tally: tally)
            try await download.run(to: place.path, by: folder.partial(file.path, metadata.etag).path)
        }
        try folder.note(.init(commit: metadata.commit, etag: metadata.etag), of: file.path)
        tally.finishFile()
        return place
    }

    /// Whether the folder has this content: by what was noted of it, or of large files by their hash.
    private func holds(
        _ folder: LocalFolder, _ path: RepositoryPath, _ metadata: FileMetadata, _ checksum: Checksum?
    ) async throws -> Bool {
        guard folder.contains(path) else { return false }
        let place = folder.file(path).path
        // What a crash has left may be shorter than what was noted.
        if let size = metadata.size, try FileDescriptor(place, .read, followsLinks: true).size() != size {
            return false
        }
        if let origin = folder.origin(of: path) { return origin.etag == metadata.etag }
        guard let checksum, checksum.kind == .sha256 else { return false }
        return try await BlockingWork.run { isCancelled in
            try ContentHash.of(place, .sha256, isCancelled: isCancelled) == checksum.digits
        }
    }

    private func cachedCopy(of file: CachedFile, _ metadata: FileMetadata) -> URL? {
        let cache = RepositoryCache(file.id, file.type, in: cacheDir)
        guard cache.contains(file.path, at: metadata.commit) else { return nil }
        return cache.file(file.path, at: metadata.commit).resolvingSymlinksInPath()
    }
}
