import Foundation

/// Lines of results, written bit by bit: to standard output, or to a file that takes its place when all is there.
final class ResultLines {
    private let path: String?
    private let handle: FileHandle
    private let temporary: URL?
    private var pending = ""
    private static let portion = 1 << 16

    init(path: String?) throws {
        self.path = path
        guard let path else {
            (handle, temporary) = (.standardOutput, nil)
            return
        }
        try OutputFolder.check(file: path)
        let target = URL(filePath: path)
        let part = target.deletingLastPathComponent().appendingPathComponent(
            ".\(target.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).part")
        guard FileManager.default.createFile(atPath: part.path, contents: nil) else {
            throw CommandFailure.failed("cannot write \(path)")
        }
        handle = try FileHandle(forWritingTo: part)
        temporary = part
    }

    func write(_ line: String) throws {
        pending += line
        pending += "\n"
        if pending.utf8.count >= Self.portion { try flush() }
    }

    private func flush() throws {
        do {
            try handle.write(contentsOf: Data(pending.utf8))
        } catch {
            throw CommandFailure.failed("cannot write \(path ?? "to standard output"): \(error.localizedDescription)")
        }
        pending = ""
    }

    /// Writes what is left; the file is there from now on.
    func finish() throws {
        try flush()
        guard let temporary, let path else { return }
        do {
            try handle.close()
            guard rename(temporary.path, path) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        } catch {
            throw CommandFailure.failed("cannot write \(path): \(error.localizedDescription)")
        }
    }

    /// Takes back a file that was not finished.
    func discard() {
        guard let temporary else { return }
        try? FileManager.default.removeItem(at: temporary)
    }
}
