import Foundation
import LocalFiles
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
        try Self.failing("write", path) { try DurableFile.write(path, body) }
    }

    public func synchronize(_ path: String) throws {
        try Self.failing("write", path) { try DurableFile.synchronize(path) }
    }

    private static func failing(_ what: String, _ path: String, _ body: () throws -> Void) throws {
        do { try body() } catch let failure as FileFailure {
            throw FileOperationError("cannot \(what) \(path): \(failure.reason)")
        }
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
