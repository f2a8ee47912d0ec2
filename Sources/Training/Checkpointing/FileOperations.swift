public import Foundation
public import Torch

/// Everything that checkpoints do to the file system; another implementation can inject faults.
///
/// What is on the disk, should the machine stop at once: the contents of a file after ``write(_:_:)`` or
/// ``synchronize(_:)``, and the names in a folder after ``synchronize(_:)`` of that folder. All else may be there or not.
///
/// Checkpoints are written on a thread of their own, one operation at a time.
public protocol FileOperations: Sendable {
    /// Makes a folder and those above it; fine where it exists.
    func createDirectory(_ path: String) throws
    /// Writes a new file from pieces that `body` gives to its sink, and forces it to the disk.
    func write(_ path: String, _ body: (ByteSink) throws -> Void) throws
    /// Forces a file or folder that something else wrote to the disk.
    func synchronize(_ path: String) throws
    /// Moves a file or folder to a name in the same folder or another one, replacing a file.
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

extension FileOperations {
    /// Writes a small file whole.
    func write(_ path: String, _ contents: Data) throws {
        try write(path) { sink in try contents.withUnsafeBytes { try sink($0) } }
    }

    /// Writes a file beside its place, then renames it, so that there is always the old or the new one, also after a kill
    /// or a loss of power. What a killed program leaves beside it, `.tmp-<name>`, is taken up by the next.
    ///
    /// - Throws: What the operations throw; the old file is there then.
    public func replace(_ path: String, _ contents: Data) throws {
        let own = (path as NSString).deletingLastPathComponent
        let folder = own.isEmpty ? "." : own
        let temporary = folder + "/.tmp-" + (path as NSString).lastPathComponent
        do {
            try write(temporary, contents)
            try rename(temporary, to: path)
        } catch {
            try? remove(temporary)
            throw error
        }
        try synchronize(folder)
    }

    /// Makes a folder and those above it, and forces their names to the disk.
    func createDurableDirectory(_ path: String) throws {
        let parent = (path as NSString).deletingLastPathComponent
        guard !FileManager.default.fileExists(atPath: path), !parent.isEmpty, parent != path else {
            return try createDirectory(path)
        }
        try createDurableDirectory(parent)
        try createDirectory(path)
        try synchronize(parent)
    }
}
