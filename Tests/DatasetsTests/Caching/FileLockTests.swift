import Foundation
import Synchronization
import Testing

@testable import Datasets

/// Locks where the file system has none.
@Suite struct FileLockTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.url.appendingPathComponent("a.lock").path
    }

    /// How many hold the lock at once.
    private final class Holders: Sendable {
        private let counts = Mutex((now: 0, most: 0))
        var most: Int { counts.withLock { $0.most } }
        func enter() {
            counts.withLock { counts in
                counts.now += 1
                counts.most = max(counts.most, counts.now)
            }
        }
        func leave() { counts.withLock { $0.now -= 1 } }
    }

    private static func failure(_ code: Int32) -> Int32 {
        errno = code
        return -1
    }

    @Test(arguments: [ENOLCK, ENOSYS, EOPNOTSUPP]) func aFileStandsForTheLock(_ code: Int32) async throws {
        let holders = Holders()
        let path = path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<3 {
                        let lock = try FileLock(path: path) { _, _ in Self.failure(code) }
                        holders.enter()
                        usleep(2_000)
                        holders.leave()
                        withExtendedLifetime(lock) {}
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(holders.most == 1)
        #expect(!FileManager.default.fileExists(atPath: path + ".held"))
    }

    @Test func whatAKilledProcessLeftIsTakenAway() throws {
        // No process has this number.
        try Data("\(Int32.max)\n\(ProcessInfo.processInfo.hostName)\nx\n".utf8).write(to: URL(filePath: path + ".held"))
        _ = try FileLock(path: path) { _, _ in Self.failure(ENOLCK) }
        // Of another host, more than a day old; and one whose owner was killed before it could write.
        for text in ["1\nanother.host\nx\n", ""] {
            try Data(text.utf8).write(to: URL(filePath: path + ".held"))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -90_000)], ofItemAtPath: path + ".held")
            _ = try FileLock(path: path) { _, _ in Self.failure(ENOLCK) }
        }
        #expect(!FileManager.default.fileExists(atPath: path + ".held"))
    }

    @Test func otherFailuresAreErrors() throws {
        let text = message { _ = try FileLock(path: path) { _, _ in Self.failure(EBADF) } }
        #expect(text?.hasPrefix("can't write \(path): ") == true)
    }
}
