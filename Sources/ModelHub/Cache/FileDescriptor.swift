import Foundation

/// An open file; closed with its owner.
final class FileDescriptor: Sendable {
    enum Mode { case read, readWrite }

    let number: Int32
    let path: String

    /// Opens a file itself, never what a link at its place leads to.
    ///
    /// - Parameter mode: `.readWrite` makes the file where there is none.
    /// - Throws: ``HubError/file(path:reason:)``.
    init(_ path: String, _ mode: Mode, followsLinks: Bool = false) throws(HubError) {
        let access = mode == .read ? O_RDONLY : O_RDWR | O_CREAT
        number = open(path, access | O_CLOEXEC | (followsLinks ? 0 : O_NOFOLLOW), 0o666)
        self.path = path
        guard number >= 0 else { throw .system(path) }
    }

    deinit { close(number) }

    func size() throws(HubError) -> Int {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .system(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .file(path: path, reason: "it is no file") }
        return Int(status.st_size)
    }

    func truncate(to size: Int) throws(HubError) {
        guard ftruncate(number, off_t(size)) == 0 else { throw .system(path) }
    }

    func write(_ data: Data, at offset: Int) throws {
        try data.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = pwrite(
                    number, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset + done))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw HubError.system(path) }
                done += count
            }
        }
    }

    /// Gives the content piece by piece, until the end or until `isCancelled` says so.
    func forEachPiece(
        from start: Int = 0, upTo end: Int = .max, isCancelled: () -> Bool = { false },
        _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(HubError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var offset = start
        while offset < end, !isCancelled() {
            let count = pread(number, buffer.baseAddress, min(buffer.count, end - offset), off_t(offset))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(path) }
            guard count > 0 else { return }
            body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += count
        }
    }

    /// Sees to it that the content is on the disk.
    func synchronize() throws(HubError) {
        guard fsync(number) == 0 || errno == EINVAL else { throw .system(path) }
    }
}
