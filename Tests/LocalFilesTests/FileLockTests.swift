import Foundation
import Synchronization
import Testing

@testable import LocalFiles

@Suite struct FileLockTests {
    private let folder: URL
    private var path: String { folder.appending(path: "a.lock").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "lock-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// A file system without `flock`.
    private static let missing: FileLock.Locking = { _ in ENOSYS }

    /// Whether the lock can be had: the first tries may take away what is left of another.
    private func isFree(_ locking: FileLock.Locking = FileLock.system) throws -> Bool {
        for _ in 0..<3 { if try FileLock.attempt(path, locking) != nil { return true } }
        return false
    }

    @Test(arguments: [FileLock.system, missing])
    func oneHolderAtATime(locking: @escaping FileLock.Locking) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var lock: FileLock? = try FileLock.wait(path, locking: locking) {}
        #expect(lock != nil)
        #expect(try !isFree(locking))
        lock = nil
        #expect(try isFree(locking))
    }

    @Test func aTaskThatWaitsMayBeCancelled() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = path
        let lock = try FileLock.wait(path) {}
        let task = Task { _ = try await FileLock.acquire(path) {} }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        withExtendedLifetime(lock) {}
    }

    @Test(arguments: [ENOSYS, ENOLCK, EOPNOTSUPP])
    func aMarkerNamesItsHolderAsPythonsDoes(code: Int32) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let lock = try FileLock.wait(path, locking: { _ in code }) {}
        let record = try String(contentsOfFile: path, encoding: .utf8)
        withExtendedLifetime(lock) { #expect(record == "\(getpid())\n\(FileLock.hostName)\n") }
    }

    @Test func aMarkerGoesWithItsHolder() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        do { _ = try FileLock.wait(path, locking: Self.missing) {} }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    /// A number that no process has: the one of a child that has ended.
    private func deadProcess() throws -> Int32 {
        let child = Process()
        child.executableURL = URL(filePath: "/bin/true")
        try child.run()
        child.waitUntilExit()
        return child.processIdentifier
    }

    @Test func markersOfTheDeadAreTakenAway() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let dead = try deadProcess()
        let free = [
            "\(dead)\n\(FileLock.hostName)\n", "\(dead)\n\(FileLock.hostName)\n12345\n",
            "\(getpid())\n\(FileLock.hostName)\n",
        ]
        for record in free {
            try Data(record.utf8).write(to: URL(filePath: path))
            #expect(try isFree(Self.missing), "\(record)")
        }
        let held = [
            "1\n\(FileLock.hostName)\n", "\(dead)\nanother-host\n", "filelock/2\nmode=exclusive\npid=1\nhost=x\n", "",
        ]
        for record in held {
            try Data(record.utf8).write(to: URL(filePath: path))
            #expect(try !isFree(Self.missing), "\(record)")
        }
        // Without a record it is what `flock` left here, or a process that died at once.
        try Data().write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.modificationDate: Date() - 10], ofItemAtPath: path)
        #expect(try isFree(Self.missing))
    }

    @Test func aLongWaitIsToldOnce() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let holder = Mutex<FileLock?>(try FileLock.wait(path) {})
        let told = Mutex(0)
        let path = path
        let thread = Thread { [self] in
            _ = try? FileLock.wait(path) { told.withLock { $0 += 1 } }
            try? Data().write(to: folder.appending(path: "done"))
        }
        thread.start()
        Thread.sleep(forTimeInterval: 6)
        #expect(told.withLock { $0 } == 1)
        holder.withLock { $0 = nil }
        while !FileManager.default.fileExists(atPath: folder.appending(path: "done").path) {
            Thread.sleep(forTimeInterval: 0.02)
        }
        #expect(told.withLock { $0 } == 1)
    }

    @Test func aFolderThatIsMissingIsAnError() {
        #expect(throws: FileFailure.self) { try FileLock.wait("/nonexistent/a.lock") {} }
    }
}
