internal import Foundation

/// The bytes of a text file, decompressed, as many at a time as whole records need.
final class RecordBytes {
    private let path: String
    private let stream: any ByteSource
    private var buffer: UnsafeMutableRawBufferPointer
    private var filled = 0
    /// Where in the file's text the buffer starts.
    private(set) var offset = 0
    private(set) var isAtEnd = false
    /// The size of a byte-order mark at the beginning.
    private(set) var markSize = 0

    static let usualSize = 1 << 20
    private static let largestSize = 1 << 30

    /// - Parameter stream: What is read in the place of the file's bytes; nil: those.
    init(path: String, stream: (any ByteSource)? = nil, size: Int = RecordBytes.usualSize) throws {
        self.path = path
        self.stream = try stream ?? ByteStream(path: path, compression: Compression.of(path).compression)
        buffer = .allocate(byteCount: size, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// Reads on until the buffer has whole records, and gives their size; nil at the end.
    func fill(_ wholeRecords: (UnsafeBufferPointer<UInt8>) -> Int) throws -> Int? {
        while true {
            if !isAtEnd, filled < buffer.count {
                filled += try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                isAtEnd = filled < buffer.count
            }
            if isAtEnd { return filled == 0 ? nil : filled }
            let whole = wholeRecords(text(filled))
            if whole > 0 { return whole }
            guard buffer.count < Self.largestSize else {
                throw DatasetError.malformed(
                    location: SourceLocation(file: path, line: nil), column: nil,
                    problem: "a row is longer than \(Self.largestSize >> 20) MiB",
                    remedy: "check its quotes and line ends")
            }
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
            buffer.deallocate()
            buffer = larger
        }
    }

    func withNext<Result>(_ size: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try body(text(size))
    }

    func withAll<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try body(text(filled))
    }

    /// Goes behind the next bytes, and gives the number of line ends in them.
    func take(_ size: Int) -> Int {
        let lines = TextLines.breaks(in: text(size))
        drop(size)
        return lines
    }

    func dropByteOrderMark() {
        markSize = filled - TextLines.withoutMark(text(filled)).count
        drop(markSize)
    }

    /// Reads on without looking at the bytes.
    func skip(to place: Int) throws {
        while offset < place {
            if filled == 0 {
                filled = try stream.read(into: buffer)
                isAtEnd = filled < buffer.count
                guard filled > 0 else { return }
            }
            drop(min(filled, place - offset))
        }
    }

    private func text(_ size: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).assumingMemoryBound(to: UInt8.self)[..<size])
    }

    private func drop(_ size: Int) {
        if let base = buffer.baseAddress, size < filled { memmove(base, base + size, filled - size) }
        filled -= size
        offset += size
    }
}
