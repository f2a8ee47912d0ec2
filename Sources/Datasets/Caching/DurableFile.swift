internal import Foundation

/// Files that are on the disk, not only on their way, once a call returns.
enum DurableFile {
    static func write(_ data: Data, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        try data.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let count = Foundation.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                if count < 0 {
                    if errno == EINTR { continue }
                    throw failure(path)
                }
                written += count
            }
        }
        guard fsync(descriptor) == 0 else { throw failure(path) }
    }

    /// Renames a file or folder, and makes that durable.
    static func rename(_ path: String, to target: String) throws {
        guard Foundation.rename(path, target) == 0 else { throw failure(target) }
        let parent = (target as NSString).deletingLastPathComponent
        let folder = open(parent.isEmpty ? "." : parent, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        _ = fsync(folder)
        close(folder)
    }

    /// Makes a folder, and those around it, where there is none.
    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw DatasetError.unwritableFile(
                path: path, problem: Excerpt.of((error as NSError).localizedDescription, limit: 200))
        }
    }

    private static func failure(_ path: String) -> DatasetError {
        .unwritableFile(path: path, problem: String(cString: strerror(errno)))
    }
}
