internal import Foundation

/// Reads a file piece by piece, so that memory does not grow with the file.
final class FileChunks {
    let path: String
    private let descriptor: Int32

    static let usualSize = 1 << 20

    /// - Throws: ``DatasetError/unreadableFile(path:problem:)``
    init(path: String) throws {
        self.path = path
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw DatasetError.unreadableFile(path: path, problem: "it is a folder; name a file in it")
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DatasetError.unreadableFile(
                path: path, problem: errno == ENOENT ? "there is no such file" : String(cString: strerror(errno)))
        }
    }

    deinit { close(descriptor) }

    /// Goes to a place in the file.
    func seek(to offset: Int) throws {
        guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw failure }
    }

    /// Fills the buffer as far as the file goes on; 0 at its end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var count = 0
        while count < buffer.count, let start = buffer.baseAddress {
            let got = Foundation.read(descriptor, start + count, buffer.count - count)
            if got == 0 { break }
            guard got > 0 else {
                if errno == EINTR { continue }
                throw failure
            }
            count += got
        }
        return count
    }

    private var failure: DatasetError { .unreadableFile(path: path, problem: String(cString: strerror(errno))) }

    /// Hands over the whole file, a piece at a time.
    static func forEach(in path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let file = try FileChunks(path: path)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: usualSize, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(into: buffer)
            guard count > 0 else { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
