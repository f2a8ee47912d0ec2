internal import Foundation

/// An exclusive lock between processes, and between threads. The system takes it back when a process ends.
///
/// Where the file system has no such locks (some network file systems), a file with the owner's name stands for it, as
/// with Python's `filelock`: see ``SoftLock``.
final class FileLock {
    private let descriptor: Int32
    private let soft: SoftLock?

    /// Waits until the lock is free.
    /// - Parameter lock: the system's call.
    /// - Throws: ``DatasetError/unwritableFile(path:problem:)``
    init(path: String, lock: (Int32, Int32) -> Int32 = flock) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw DatasetError.unwritableFile(path: path, problem: String(cString: strerror(errno)))
        }
        do {
            soft = try Self.wait(descriptor, path, lock) ? nil : SoftLock(path: path + ".held")
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    // The file stays: to remove it would let two processes lock two files of one name.
    deinit { close(descriptor) }

    /// - Returns: whether the file is locked now; false where the file system has no locks.
    private static func wait(_ descriptor: Int32, _ path: String, _ lock: (Int32, Int32) -> Int32) throws -> Bool {
        while lock(descriptor, LOCK_EX) != 0 {
            switch errno {
            case EINTR: continue
            case ENOLCK, ENOSYS, EOPNOTSUPP, ENOTSUP: return false
            default: throw DatasetError.unwritableFile(path: path, problem: String(cString: strerror(errno)))
            }
        }
        return true
    }
}
