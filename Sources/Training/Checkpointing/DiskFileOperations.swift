import Foundation
public import Torch

/// The operations on real files.
public struct DiskFileOperations: FileOperations {
    public init() {}

    public func createDirectory(_ path: String) throws {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder.boolValue else { throw FileOperationError("\(path) is a file, not a folder") }
            return
        }
        let parent = (path as NSString).deletingLastPathComponent
        if !parent.isEmpty, parent != path { try createDirectory(parent) }
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw FileOperationError.last("make the folder", path) }
    }

    public func write(_ path: String, _ body: (ByteSink) throws -> Void) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileOperationError.last("write", path) }
        defer { close(descriptor) }
        // Archives come in small pieces; tensors pass by the buffer.
        var buffer: [UInt8] = []
        func flush() throws {
            try buffer.withUnsafeBytes { try Self.write($0, to: descriptor, path) }
            buffer.removeAll(keepingCapacity: true)
        }
        try body { bytes in
            if bytes.count < 65_536 {
                buffer.append(contentsOf: bytes)
                if buffer.count >= 1 << 20 { try flush() }
            } else {
                try flush()
                try Self.write(bytes, to: descriptor, path)
            }
        }
        try flush()
        guard Self.forceToDisk(descriptor) else { throw FileOperationError.last("write", path) }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileOperationError.last("write", path) }
            rest = rest.dropFirst(count)
        }
    }

    public func synchronize(_ path: String) throws {
        var status = stat()
        let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            // A folder above may be one to pass through only.
            if isFolder, errno == EACCES { return }
            throw FileOperationError.last("open", path)
        }
        defer { close(descriptor) }
        guard !Self.forceToDisk(descriptor) else { return }
        // Some network file systems can't sync a folder and say so.
        if isFolder, errno == EINVAL || errno == ENOTSUP { return }
        throw FileOperationError.last("write", path)
    }

    private static func forceToDisk(_ descriptor: Int32) -> Bool {
        #if canImport(Darwin)
            // There fsync leaves the bytes in the drive's own cache.
            if fcntl(descriptor, F_FULLFSYNC) == 0 { return true }
        #endif
        return fsync(descriptor) == 0
    }

    public func rename(_ path: String, to newPath: String) throws {
        guard Foundation.rename(path, newPath) == 0 else { throw FileOperationError.last("rename", path) }
    }

    public func remove(_ path: String) throws {
        do { try FileManager.default.removeItem(atPath: path) } catch {
            throw FileOperationError("cannot remove \(path): \(error.localizedDescription)")
        }
    }
}
