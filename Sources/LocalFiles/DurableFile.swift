package import Foundation

/// Files and folders that are on the disk, not only on their way, once a call returns. All throw ``FileFailure``.
package enum DurableFile {
    /// Takes the next bytes of a file; valid only during the call.
    package typealias Sink = (UnsafeRawBufferPointer) throws -> Void

    /// Puts a new file in the place of one of its name, so that at any instant either the old or the whole new one is there.
    /// A failure leaves the old one; where the last step alone fails, forcing the name to the disk, the new one is there.
    ///
    /// - Throws: ``FileFailure``, or what `body` throws.
    package static func replace(_ path: String, _ body: (Sink) throws -> Void) throws {
        try replace(path, by: temporary(beside: path)) { try write($0, isNew: true, body) }
    }

    /// The same for a file that something else writes, at the path that it gets, and forces to the disk.
    package static func replace(_ path: String, making body: (String) throws -> Void) throws {
        try replace(path, by: temporary(beside: path), body)
    }

    private static func replace(_ path: String, by temporary: String, _ body: (String) throws -> Void) throws {
        do {
            try body(temporary)
            try move(temporary, to: path)
        } catch {
            unlink(temporary)
            guard let failure = error as? FileFailure else { throw error }
            throw FileFailure(path: path, reason: failure.reason)
        }
    }

    /// The same for contents in memory.
    package static func replace(_ path: String, _ contents: Data) throws {
        try replace(path) { sink in try contents.withUnsafeBytes { try sink($0) } }
    }

    /// Writes a file in its place, from pieces that `body` gives to its sink.
    ///
    /// - Parameter isNew: whether a file that is there is an error.
    /// - Throws: ``FileFailure``, or what `body` throws.
    package static func write(_ path: String, isNew: Bool = false, _ body: (Sink) throws -> Void) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (isNew ? O_EXCL : O_TRUNC), 0o666)
        guard descriptor >= 0 else { throw FileFailure.system(path) }
        var isOpen = true
        defer { if isOpen { close(descriptor) } }
        // Headers and archives come in small pieces; tensors pass by the buffer.
        var buffer: [UInt8] = []
        func flush() throws {
            try buffer.withUnsafeBytes { try writeAll($0, to: descriptor, path) }
            buffer.removeAll(keepingCapacity: true)
        }
        try body { bytes in
            if bytes.count < 65_536 {
                buffer.append(contentsOf: bytes)
                if buffer.count >= 1 << 20 { try flush() }
            } else {
                try flush()
                try writeAll(bytes, to: descriptor, path)
            }
        }
        try flush()
        guard forceToDisk(descriptor) else { throw FileFailure.system(path) }
        isOpen = false
        guard close(descriptor) == 0 else { throw FileFailure.system(path) }
    }

    /// Renames a file or folder, in the place of a file of that name; the name is not on the disk before
    /// ``synchronize(_:)`` of the folder around it.
    package static func moveOnly(_ path: String, to target: String) throws {
        guard rename(path, target) == 0 else { throw FileFailure.system(target) }
    }

    /// Renames a file or folder, in the place of a file of that name, and forces the name to the disk.
    package static func move(_ path: String, to target: String) throws {
        try moveOnly(path, to: target)
        let folder = (target as NSString).deletingLastPathComponent
        try synchronize(folder.isEmpty ? "." : folder)
    }

    /// Forces a file, or the names in a folder, to the disk.
    package static func synchronize(_ path: String) throws {
        var status = stat()
        let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            // A folder above may be one to pass through only.
            if isFolder, errno == EACCES { return }
            throw FileFailure.system(path)
        }
        defer { close(descriptor) }
        if forceToDisk(descriptor) { return }
        // Some network file systems can't sync a folder and say so.
        if isFolder, errno == EINVAL || errno == ENOTSUP { return }
        throw FileFailure.system(path)
    }

    /// Makes a folder, and those around it, where there is none.
    package static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FileFailure(path: path, reason: (error as NSError).localizedDescription)
        }
    }

    /// A name in the same folder that nobody else takes.
    package static func temporary(beside path: String) -> String {
        let (folder, name) = ((path as NSString).deletingLastPathComponent, (path as NSString).lastPathComponent)
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        return (folder as NSString).appendingPathComponent(".\(name).\(suffix).tmp")
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileFailure.system(path) }
            rest = rest.dropFirst(count)
        }
    }

    private static func forceToDisk(_ descriptor: Int32) -> Bool {
        #if canImport(Darwin)
            // There fsync leaves the bytes in the drive's own cache.
            if fcntl(descriptor, F_FULLFSYNC) == 0 { return true }
        #endif
        return fsync(descriptor) == 0
    }
}
