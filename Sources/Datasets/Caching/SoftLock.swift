internal import Foundation

/// A lock for file systems that have none: whoever creates the file holds the lock, and removes it afterwards. The file
/// holds process and host, so that what a killed process left is told from a lock that is held.
final class SoftLock {
    private let path: String
    private let owner: String

    /// What was left by a process of another host, which can't be asked for, counts no more after a day.
    private static let longestHold = 86_400.0

    /// Waits until the lock is free.
    /// - Throws: ``DatasetError/unwritableFile(path:problem:)``
    init(path: String) throws {
        self.path = path
        owner = "\(getpid())\n\(ProcessInfo.processInfo.hostName)\n\(UUID().uuidString)\n"
        while try !create() {
            if Self.isLeft(path) { takeAway() } else { usleep(50_000) }
        }
    }

    deinit {
        // After a day, another may have taken it.
        if (try? String(contentsOfFile: path, encoding: .utf8)) == owner { unlink(path) }
    }

    /// Removes what a process left. Of several that find it, only one may: the others could hit the next owner's.
    private func takeAway() {
        let claim = path + ".left"
        let descriptor = open(claim, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            // One that was killed in here holds up the others for as long.
            if Self.age(claim) > 10 { unlink(claim) }
            usleep(50_000)
            return
        }
        close(descriptor)
        if Self.isLeft(path) { unlink(path) }
        unlink(claim)
    }

    /// - Returns: false where another has created it.
    private func create() throws -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            if errno == EEXIST || errno == EINTR { return false }
            throw failure()
        }
        defer { close(descriptor) }
        let bytes = Array(owner.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            let failure = failure()
            unlink(path)
            throw failure
        }
        return true
    }

    private func failure() -> DatasetError { .unwritableFile(path: path, problem: String(cString: strerror(errno))) }

    /// Seconds since the file was written; 0 where there is none.
    private static func age(_ path: String) -> Double {
        FileState(path: path).map { Date().timeIntervalSince1970 - Double($0.modified) / 1e9 } ?? 0
    }

    /// Whether the process that created the file is gone.
    private static func isLeft(_ path: String) -> Bool {
        let age = age(path)
        let lines = ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n")
        guard lines.count == 3, let process = Int32(lines[0]), process > 0 else {
            // Its owner may be about to write; one that was killed there never does.
            return age > 10
        }
        guard lines[1] == ProcessInfo.processInfo.hostName else { return age > longestHold }
        return kill(process, 0) != 0 && errno == ESRCH
    }
}
