import Foundation

/// A lock between processes, on a file beside what it guards: `flock`, as Python's `filelock` has it. The file stays.
final class FileLock: Sendable {
    private let file: FileDescriptor

    private init(_ file: FileDescriptor) { self.file = file }

    deinit { _ = flock(file.number, LOCK_UN) }

    /// Waits for the lock; no thread waits meanwhile, and the task may be cancelled. It is given up with the value's end.
    ///
    /// - Parameter waiting: Called once where another process holds the lock.
    /// - Throws: ``HubError/file(path:reason:)``, `CancellationError`.
    static func acquire(_ path: String, waiting: @Sendable () -> Void = {}) async throws -> FileLock {
        var pause = Duration.milliseconds(10)
        var hasTold = false
        while true {
            let file = try FileDescriptor(path, .readWrite)
            while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
                let code = errno
                guard code == EWOULDBLOCK || code == EINTR else {
                    throw HubError.file(path: path, reason: "it cannot be locked: \(String(cString: strerror(code)))")
                }
                if !hasTold { waiting() }
                hasTold = true
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .milliseconds(200))
            }
            // Someone may have deleted the file before it was locked: then another one is the lock.
            var status = stat()
            if fstat(file.number, &status) == 0, status.st_nlink > 0 {
                // Others who share the cache may take the lock too, as with Python.
                _ = fchmod(file.number, 0o664)
                return FileLock(file)
            }
        }
    }
}
