import Foundation
import Synchronization

/// An exclusive lock between processes, and between threads, on a file beside what it guards: `flock`, as Python's
/// `filelock` has it. It is given up with the value's end; the system takes it back when a process dies. The file stays.
///
/// Where the file system has no `flock`, the file's existence is the lock, in the form of Python's `SoftFileLock`.
package final class FileLock: Sendable {
    private enum Hold {
        case native(Int32)
        case marker(LockMarker)
    }
    private let hold: Hold

    private init(_ hold: Hold) { self.hold = hold }

    deinit {
        switch hold {
        case .native(let descriptor): close(descriptor)
        case .marker(let marker): marker.remove()
        }
    }

    /// Locks an open file at once or not at all; gives 0 or the system's error. Tests put another in its place.
    package typealias Locking = @Sendable (_ descriptor: Int32) -> Int32
    package static let system: Locking = { flock($0, LOCK_EX | LOCK_NB) == 0 ? 0 : errno }

    /// Waits for the lock.
    ///
    /// - Parameter waiting: Called once where it takes longer than a few seconds.
    /// - Throws: ``FileFailure``.
    package static func wait(_ path: String, locking: Locking = system, waiting: () -> Void) throws -> FileLock {
        var patience = Patience()
        while true {
            if let lock = try attempt(path, locking) { return lock }
            if patience.isLong() { waiting() }
            Thread.sleep(forTimeInterval: patience.next() / .seconds(1))
        }
    }

    /// The same; no thread waits meanwhile, and the task may be cancelled.
    ///
    /// - Throws: ``FileFailure``, `CancellationError`.
    package static func acquire(
        _ path: String, locking: Locking = system, waiting: @Sendable () -> Void
    ) async throws -> FileLock {
        var patience = Patience()
        while true {
            if let lock = try attempt(path, locking) { return lock }
            if patience.isLong() { waiting() }
            try await Task.sleep(for: patience.next())
        }
    }

    /// The machine's name, without asking the network for it.
    package static let hostName: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "?" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    /// How often to try, and when to say so.
    private struct Patience {
        private var pause = Duration.milliseconds(5)
        private let started = ContinuousClock.now
        private var hasTold = false

        mutating func next() -> Duration {
            pause = min(pause * 2, .milliseconds(200))
            return pause
        }

        mutating func isLong() -> Bool {
            guard !hasTold, ContinuousClock.now - started >= .seconds(5) else { return false }
            hasTold = true
            return true
        }
    }

    /// The lock; nil where another has it.
    static func attempt(_ path: String, _ locking: Locking) throws -> FileLock? {
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW
        // A new file is told from one that is there: only that may become a marker of ours.
        var descriptor = open(path, flags | O_CREAT | O_EXCL, 0o664)
        let isNew = descriptor >= 0
        if !isNew, errno == EEXIST {
            descriptor = open(path, flags)
            if descriptor < 0, errno == ENOENT { return nil }
        }
        guard descriptor >= 0 else { throw FileFailure.system(path) }
        let code = locking(descriptor)
        switch code {
        case 0:
            var status = stat()
            // Someone may have deleted the file before it was locked: then another one is the lock.
            guard fstat(descriptor, &status) == 0, status.st_nlink > 0 else { break }
            // Others who share the folder may take the lock too, as with Python.
            _ = fchmod(descriptor, 0o664)
            return FileLock(.native(descriptor))
        case ENOSYS, ENOLCK, EOPNOTSUPP, ENOTSUP:
            defer { close(descriptor) }
            return try LockMarker(path, descriptor, isNew: isNew).map { FileLock(.marker($0)) }
        case EWOULDBLOCK, EAGAIN, EACCES, EINTR: break
        default:
            close(descriptor)
            throw FileFailure(path: path, reason: "it cannot be locked: \(String(cString: strerror(code)))")
        }
        close(descriptor)
        return nil
    }
}

/// A lock by existence, for file systems without `flock`: the file names the process and host that hold it.
private struct LockMarker {
    private let path: String
    private let inode: UInt64
    /// Those of this process: a number of a process can be used again after a restart, in containers mostly is.
    private static let own = Mutex<Set<UInt64>>([])
    /// A file without a record, older than this, was left by `flock` or by a process that died before it wrote one.
    private static let graceSeconds = 2.0
    private static let longestRecord = 1024

    /// - Returns: nil where another process holds it. What a dead one of this host left is removed.
    init?(_ path: String, _ descriptor: Int32, isNew: Bool) throws {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFailure.system(path) }
        self.path = path
        inode = UInt64(status.st_ino)
        if isNew {
            let record = Array("\(getpid())\n\(FileLock.hostName)\n".utf8)
            guard write(descriptor, record, record.count) == record.count else {
                let failure = FileFailure.system(path)
                unlink(path)
                throw failure
            }
            _ = Self.own.withLock { [inode] in $0.insert(inode) }
            return
        }
        if isAbandoned(descriptor, status) { remove() }
        return nil
    }

    /// Whether nobody holds it any more.
    private func isAbandoned(_ descriptor: Int32, _ status: stat) -> Bool {
        var bytes = [UInt8](repeating: 0, count: Self.longestRecord)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
        guard lines.count >= 2, let process = pid_t(lines[0]), process > 0 else {
            #if canImport(Darwin)
                let modified = Double(status.st_mtimespec.tv_sec)
            #else
                let modified = Double(status.st_mtim.tv_sec)
            #endif
            // Newer forms of the record begin with a word; they are not ours to judge.
            return lines.isEmpty && Date().timeIntervalSince1970 - modified > Self.graceSeconds
        }
        guard lines[1] == FileLock.hostName else { return false }
        if process == getpid() { return !Self.own.withLock { $0.contains(inode) } }
        return kill(process, 0) != 0 && errno == ESRCH
    }

    /// Takes the file away, unless another process has put its own there meanwhile.
    func remove() {
        defer { _ = Self.own.withLock { [inode] in $0.remove(inode) } }
        // Under a name of its own nobody else can take it away.
        let aside = DurableFile.temporary(beside: path)
        guard rename(path, aside) == 0 else { return }
        var status = stat()
        if lstat(aside, &status) == 0, UInt64(status.st_ino) != inode { _ = link(aside, path) }
        unlink(aside)
    }
}
