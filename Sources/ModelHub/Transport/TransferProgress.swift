import Synchronization

/// How far a download or an upload is.
public struct TransferProgress: Sendable, Hashable {
    /// Files that are there; those that were there before count too.
    public internal(set) var filesDone = 0
    public internal(set) var filesTotal = 0
    /// Bytes that are there, those of an earlier download that broke off included.
    public internal(set) var bytesDone = 0
    /// Of the files whose size is known by now.
    public internal(set) var bytesTotal = 0
    /// One line about a long wait: for another process, or because the server asks to come back later. Then the numbers say
    /// nothing.
    public internal(set) var notice: String?
}

/// Told of the progress, from any thread, one call at a time.
public typealias TransferProgressHandler = @Sendable (TransferProgress) -> Void

/// Adds up the progress of files that are on their way at the same time.
final class TransferTally: Sendable {
    private let state: Mutex<TransferProgress>
    private let handler: TransferProgressHandler?

    init(files: Int, bytes: Int, _ handler: TransferProgressHandler?) {
        state = Mutex(TransferProgress(filesTotal: files, bytesTotal: bytes))
        self.handler = handler
    }

    private func change(_ body: (inout TransferProgress) -> Void) {
        guard let handler else { return }
        state.withLock { progress in
            body(&progress)
            handler(progress)
        }
    }

    func begin() { change { _ in } }
    func add(bytes: Int) { change { $0.bytesDone = $0.bytesDone.saturatingAdd(bytes) } }
    func add(total: Int) { change { $0.bytesTotal = $0.bytesTotal.saturatingAdd(total) } }
    func finishFile() { change { $0.filesDone += 1 } }
}
