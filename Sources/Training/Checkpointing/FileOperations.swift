import Foundation
public import Torch

/// Everything that checkpoints do to the file system; another implementation can inject faults.
public protocol FileOperations {
    /// Makes a folder and those above it; fine where it exists.
    func createDirectory(_ path: String) throws
    /// Writes a new file from pieces that `body` gives to its sink, and forces it to the disk.
    func write(_ path: String, _ body: (ByteSink) throws -> Void) throws
    /// Forces a file or folder that something else wrote to the disk.
    func synchronize(_ path: String) throws
    /// Moves a file or folder to a name in the same folder, replacing a file.
    func rename(_ path: String, to newPath: String) throws
    /// Removes a file, or a folder with all in it.
    func remove(_ path: String) throws
}

/// A file operation that the system refused.
public struct FileOperationError: Error, Hashable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }

    static func last(_ what: String, _ path: String) -> FileOperationError {
        FileOperationError("cannot \(what) \(path): \(String(cString: strerror(errno)))")
    }
}

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
        try body { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw FileOperationError.last("write", path) }
                rest = rest.dropFirst(count)
            }
        }
        guard fsync(descriptor) == 0 else { throw FileOperationError.last("write", path) }
    }

    public func synchronize(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileOperationError.last("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileOperationError.last("write", path) }
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

extension FileOperations {
    /// Writes a small file whole.
    func write(_ path: String, _ contents: Data) throws {
        try write(path) { sink in try contents.withUnsafeBytes { try sink($0) } }
    }

    /// Writes a file beside its place, then renames it, so that there is always the old or the new one.
    func replace(_ path: String, _ contents: Data) throws {
        let folder = (path as NSString).deletingLastPathComponent
        let temporary = folder + "/.tmp-" + (path as NSString).lastPathComponent
        try write(temporary, contents)
        try rename(temporary, to: path)
        try synchronize(folder)
    }
}
