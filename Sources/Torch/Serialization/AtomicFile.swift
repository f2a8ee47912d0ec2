import Foundation

/// Takes the next bytes of a file; valid only during the call.
public typealias ByteSink = (UnsafeRawBufferPointer) throws -> Void

/// Writes a file so that at any instant either the old or the whole new one is there.
enum AtomicFile {
    /// Calls `body` with a sink to a temporary file in the same folder, syncs it, renames it to `path` and syncs the
    /// folder. A failure removes the temporary file and leaves `path` as it was.
    ///
    /// - Throws: ``FileFailure``, or what `body` throws.
    static func write(path: String, _ body: (ByteSink) throws -> Void) throws {
        let folder = (path as NSString).deletingLastPathComponent
        let name = (path as NSString).lastPathComponent
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        let temporary = (folder as NSString).appendingPathComponent(".\(name).\(suffix).tmp")
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileFailure(reason: FileFailure.systemReason()) }
        do {
            try withDescriptor(descriptor, body)
            guard rename(temporary, path) == 0 else { throw FileFailure(reason: FileFailure.systemReason()) }
        } catch {
            unlink(temporary)
            throw error
        }
        try synchronizeFolder(folder.isEmpty ? "." : folder)
    }

    private static func withDescriptor(_ descriptor: Int32, _ body: (ByteSink) throws -> Void) throws {
        var isOpen = true
        defer { if isOpen { close(descriptor) } }
        // Headers and pickles come in small pieces; tensors pass by the buffer.
        var buffer: [UInt8] = []
        func flush() throws {
            try buffer.withUnsafeBytes { try writeAll($0, to: descriptor) }
            buffer.removeAll(keepingCapacity: true)
        }
        try body { bytes in
            if bytes.count < 65_536 {
                buffer.append(contentsOf: bytes)
                if buffer.count >= 1 << 20 { try flush() }
            } else {
                try flush()
                try writeAll(bytes, to: descriptor)
            }
        }
        try flush()
        guard fsync(descriptor) == 0 else { throw FileFailure(reason: FileFailure.systemReason()) }
        isOpen = false
        guard close(descriptor) == 0 else { throw FileFailure(reason: FileFailure.systemReason()) }
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        var position = 0
        while position < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
            if written > 0 {
                position += written
            } else if written < 0, errno == EINTR {
                continue
            } else {
                throw FileFailure(reason: FileFailure.systemReason())
            }
        }
    }

    private static func synchronizeFolder(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(reason: FileFailure.systemReason()) }
        defer { close(descriptor) }
        // Some network file systems can't sync a folder and say EINVAL; the rename has happened all the same.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileFailure(reason: FileFailure.systemReason()) }
    }
}
