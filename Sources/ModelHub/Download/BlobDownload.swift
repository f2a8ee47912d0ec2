import Foundation

/// Brings one file's content into the cache. The lock of the content must be held.
struct BlobDownload {
    let api: HfApi
    let metadata: FileMetadata
    let path: RepositoryPath
    let subject: HubSubject
    let tally: TransferTally

    /// - Parameters:
    ///   - place: Where the content belongs.
    ///   - partial: Where it is read into; what is there is gone on with.
    /// - Throws: ``HubError``; content that is not what was promised is deleted.
    func run(to place: String, by partial: String) async throws {
        try checkRoom(place, partial)
        let file = try PartialFile(
            partial, name: path.description, size: metadata.size, kind: metadata.etag.hash, tally: tally)
        do {
            try await read(file)
            do {
                try file.finish(expecting: metadata.etag)
            } catch .wrongHash where file.isResumed {
                // The beginning may be what another version, or a crash, has left.
                try file.restart()
                try await read(file)
                try file.finish(expecting: metadata.etag)
            }
        } catch let error as HubError {
            switch error {
            case .wrongHash, .wrongSize: unlink(partial)
            default: break
            }
            throw error
        }
        try AtomicFile.move(partial, to: place)
    }

    /// Reads until all is there; after a broken connection it goes on where that ended. Progress makes it patient again.
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
                    [400, 401, 403, 410].contains(error.head.status) && !api.client.endpoint.trusts(error.url)
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
            try await Task.sleep(for: api.client.retries.wait(retry, asked: asked))
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
