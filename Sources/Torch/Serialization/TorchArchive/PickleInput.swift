/// Checked reads of a pickle's bytes.
struct PickleInput {
    let bytes: UnsafeRawBufferPointer
    let file: String
    private(set) var position = 0

    init(bytes: UnsafeRawBufferPointer, file: String) {
        self.bytes = bytes
        self.file = file
    }

    mutating func byte() throws -> UInt8 { try take(1)[0] }

    /// The next `count` bytes.
    mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
        guard count >= 0, count <= bytes.count - position else {
            throw TorchArchiveError.invalidPickle(
                file: file, reason: "it ends at byte \(bytes.count), in the middle of a value")
        }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    /// A number in little-endian order.
    mutating func number<Number: FixedWidthInteger & BitwiseCopyable>() throws -> Number {
        Number(littleEndian: try take(MemoryLayout<Number>.size).loadUnaligned(as: Number.self))
    }

    /// A length of eight bytes.
    mutating func length64() throws -> Int { Int(truncatingIfNeeded: min(try number() as UInt64, UInt64(Int.max))) }

    mutating func text(_ count: Int) throws -> String {
        let start = position
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw TorchArchiveError.invalidPickle(file: file, reason: "byte \(start): a string is not valid UTF-8")
        }
        return text
    }

    /// The text up to the next line feed, which a global's name ends with.
    mutating func line() throws -> String {
        let rest = bytes[position...]
        guard let end = rest.prefix(1024).firstIndex(of: 0x0A) else {
            throw TorchArchiveError.invalidPickle(file: file, reason: "byte \(position): a name does not end")
        }
        let text = try text(end - position)
        position += 1
        return text
    }

    /// A frame says how many bytes follow together; it matters only to readers of streams.
    mutating func checkFrame() throws {
        let length = try length64()
        guard length <= bytes.count - position else {
            throw TorchArchiveError.invalidPickle(file: file, reason: "a frame reaches beyond the end")
        }
    }
}
