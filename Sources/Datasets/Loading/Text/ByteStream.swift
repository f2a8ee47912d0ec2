internal import CArrow
internal import Foundation

/// Bytes one after another.
protocol ByteSource: AnyObject {
    /// Fills `buffer` as far as there are bytes, and gives their number.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// The bytes of a file one after another, decompressed on the way.
final class ByteStream: ByteSource {
    private let handle: OpaquePointer
    private let path: String
    private let isCompressed: Bool

    /// - Throws: ``DatasetError/unreadableFile(path:problem:)``
    init(path: String, compression: Compression?) throws {
        self.path = path
        isCompressed = compression != nil
        try FileBytes.checkReadable(path)
        var opened: OpaquePointer?
        do {
            try ArrowFailure.check { carrow_stream_open(path, compression?.rawValue, &opened, $0) }
        } catch {
            throw DatasetError.unreadableFile(path: path, problem: Excerpt.of(error.message, limit: 200))
        }
        guard let opened else { throw DatasetError.storage(problem: "\(path) was not opened") }
        handle = opened
    }

    deinit { carrow_stream_release(handle) }

    /// - Throws: ``DatasetError`` where the file can't be read, or isn't compressed as its name says.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
        var filled = 0
        while filled < buffer.count {
            var count: Int64 = 0
            do {
                try ArrowFailure.check {
                    carrow_stream_read(handle, start + filled, Int64(buffer.count - filled), &count, $0)
                }
            } catch {
                guard isCompressed else {
                    throw DatasetError.unreadableFile(path: path, problem: Excerpt.of(error.message, limit: 200))
                }
                throw DatasetError.malformed(
                    location: SourceLocation(file: path, line: nil), column: nil,
                    problem: "the compressed file is damaged: \(Excerpt.of(error.message, limit: 120))",
                    remedy: "get it again, or compress it anew")
            }
            if count <= 0 { break }
            filled += Int(count)
        }
        return filled
    }
}
