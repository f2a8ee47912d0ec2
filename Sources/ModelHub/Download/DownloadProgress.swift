import Synchronization

/// How far a download is.
public struct DownloadProgress: Sendable, Hashable {
    /// Files that are there; those that were in the cache count too.
    public internal(set) var filesDone = 0
    public internal(set) var filesTotal = 0
    /// Bytes that are there, of files that were being read when an earlier download broke off too.
    public internal(set) var bytesDone = 0
    /// Of the files whose size is known by now.
    public internal(set) var bytesTotal = 0
}

/// Told of a download's progress, from any thread, one call at a time.
public typealias DownloadProgressHandler = @Sendable (DownloadProgress) -> Void

/// Adds up the progress of files that are downloaded at the same time.
final class DownloadTally: Sendable {
    private let state: Mutex<DownloadProgress>
    private let handler: DownloadProgressHandler?

    init(files: Int, bytes: Int, _ handler: DownloadProgressHandler?) {
        state = Mutex(DownloadProgress(filesTotal: files, bytesTotal: bytes))
        self.handler = handler
    }

    private func change(_ body: (inout DownloadProgress) -> Void) {
        guard let handler else { return }
        state.withLock { progress in
            body(&progress)
            handler(progress)
        }
    }

    func begin() { change { _ in } }
    func add(bytes: Int) { change { $0.bytesDone += bytes } }
    func add(total: Int) { change { $0.bytesTotal += total } }
    func finishFile() { change { $0.filesDone += 1 } }
}
