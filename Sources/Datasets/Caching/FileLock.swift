internal import Foundation

/// An exclusive lock between processes, and between threads; the system takes it back when a process ends.
final class FileLock {
    private let descriptor: Int32

    /// Waits until the lock is free.
    /// - Throws: ``DatasetError/unwritableFile(path:problem:)``
    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw DatasetError.unwritableFile(path: path, problem: String(cString: strerror(errno)))
        }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                let problem = String(cString: strerror(errno))
                close(descriptor)
                throw DatasetError.unwritableFile(path: path, problem: problem)
            }
        }
    }

    // The file stays: to remove it would let two processes lock two files of one name.
    deinit { close(descriptor) }
}
