@testable import Datasets
public import Foundation
internal import FuzzSupport

/// A file of made-up content, and a folder around it for what is written.
public struct TableFile {
    public let folder: URL
    public let path: String
    /// Where large files are converted to.
    public let cache: String

    /// - Parameter name: the file's, whose ending tells its format.
    public init(name: String) {
        folder = makeFolder()
        path = folder.appendingPathComponent(name).path
        cache = folder.appendingPathComponent("cache").path
    }

    /// Writes the file, and lets `read` fail only as the library says that it does.
    public func with(_ content: some Collection<UInt8>, _ read: () throws -> Void) {
        try? FileManager.default.removeItem(atPath: cache)
        try? Data(content).write(to: URL(fileURLWithPath: path))
        // Below what libFuzzer lets one piece of memory be.
        ReadingMemory.$limit.withValue(512 << 20) { expecting(read) }
    }
}

/// Lets `read` fail with an error of the module in one line of bounded length, and in no other way.
public func expecting(_ read: () throws -> Void) {
    do { try read() } catch {
        require(error is DatasetError, "an error of another type: \(error)")
        let text = "\(error)"
        require(
            !text.isEmpty && !text.unicodeScalars.contains("\n"), "an error of \(text.isEmpty ? 0 : 2) lines: \(text)")
        require(text.utf8.count < 100_000, "an error of \(text.utf8.count) bytes")
    }
}
