import Foundation
import LocalFiles

/// A file's bytes, mapped read-only for as long as the object lives.
///
/// The mapping keeps the file's inode: replacing the file by a rename, as the writers here do, leaves the mapped bytes as
/// they were. Truncating the file in place while it is mapped is a fault that no process can catch.
final class MappedFile: Sendable {
    let count: Int
    private let address: UInt

    /// - Throws: ``FileFailure`` with the operating system's reason.
    init(path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(reason: FileFailure.systemReason()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFailure(reason: FileFailure.systemReason()) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileFailure(reason: "is not a regular file") }
        count = Int(status.st_size)
        guard count > 0 else {
            address = 0
            return
        }
        guard let mapped = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), mapped != MAP_FAILED else {
            throw FileFailure(reason: FileFailure.systemReason())
        }
        address = UInt(bitPattern: mapped)
    }

    deinit {
        if let start = UnsafeMutableRawPointer(bitPattern: address) { munmap(start, count) }
    }

    /// Valid only while this object is alive.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count)
    }
}
