import Foundation
import LocalFiles

/// Brings one file's content into the cache. The lock of the content must be held.
struct BlobDownload {
    let api: HfApi
    let metadata: FileMetadata
    let checksum: Checksum?
    let path: RepositoryPath
    let subject: HubSubject
    let tally: TransferTally

    /// - Parameters:
    ///   - place: Where the content belongs.
    ///   - partial: Where it is read into, under a name of this process's own; what is there is gone on with.
    /// - Throws: ``HubError``; content that is not what was promised is deleted.
    func run(to place: String, by partial: String) async throws {
        let claim = PartialClaim(partial)
        do {
            try checkRoom(place, claim.path)
            try await read(into: claim.path)
            try HubError.onDisk(place) { try DurableFile.move(claim.path, to: place) }
            claim.finish()
        } catch {
            switch error as? HubError {
            case .wrongHash, .wrongSize: unlink(claim.path)
            default: claim.giveBack()
            }
            throw error
        }
    }

    private func read(into path: String) async throws {
        let file = try await BlockingWork.run { [self] isCancelled in
            try PartialFile(
                path, name: self.path.description, size: metadata.size, checksum: checksum, tally: tally,
                isCancelled: isCancelled)
        }
        try await read(file)
        do {
            try await BlockingWork.run { try file.finish(isCancelled: $0) }
        } catch HubError.wrongHash where file.isResumed {
            // The beginning may be what another version, or a crash, has left.
            try file.restart()
            try await read(file)
            try await BlockingWork.run { try file.finish(isCancelled: $0) }
        }
    }

    private func read(_ file: PartialFile) async throws {
        var retry = 0
        var url = metadata.location
        while file.isComplete != true {
            let before = file.length
            var asked: Duration?
            let failure: HubError
            do {
                _ = try await api.client.send(request(url, from: file.prepare()), about: subject, to: file)
                if file.isComplete != false { return }
                failure = .connection(url: url.forMessages, reason: "the connection broke")
            } catch let error as HubStatusError {
                // A signature may have run out: then the Hub gives a new one.
                let isExpired =
                    [400, 401, 403, 410].contains(error.head.status) && !api.client.endpoint.isHub(error.url)
                let isBeyond = error.head.status == 416 && before > 0
                if isBeyond { try file.restart() }
                guard RetryPolicy.isTransient(error.head.status) || isExpired || isBeyond else { throw error.error }
                asked = RetryPolicy.asked(error.head)
                failure = error.error
            } catch let error as HubError {
                guard error.meansUnreachable, !error.isFinal else { throw error }
                failure = error
            }
            if file.length > before { retry = 0 }
            retry += 1
            guard retry <= api.client.retries.retries else { throw failure }
            try await api.client.retries.sleep(retry, asked: asked, url)
            url = metadata.hubLocation
        }
    }

    private func request(_ url: URL, from offset: Int) -> HubRequest {
        var request = HubRequest(.get, url, timeout: api.environment.downloadTimeout)
        request.headers = [("Accept-Encoding", "identity")]
        if offset > 0 {
            request.headers.append(("Range", "bytes=\(offset)-"))
            // Storage servers have names of their own for the content.
            if Origin(url) == Origin(metadata.hubLocation), url == metadata.location {
                request.headers.append(("If-Range", "\"\(metadata.etag)\""))
            }
        }
        return request
    }

    /// - Throws: ``HubError/diskFull(path:needed:free:)``.
    private func checkRoom(_ place: String, _ partial: String) throws(HubError) {
        guard let whole = metadata.size else { return }
        let there = FileManager.default.fileExists(atPath: partial) ? try FileDescriptor(partial, .read).size() : 0
        let size = whole - min(there, whole)
        var status = statvfs()
        let folder = (place as NSString).deletingLastPathComponent
        guard statvfs(folder, &status) == 0 else { return }
        let (free, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int(clamping: status.f_frsize))
        if !overflow, free < size { throw .diskFull(path: place, needed: size, free: free) }
    }
}
