/// Checked little-endian reads of an archive.
struct ZipBytes {
    let bytes: UnsafeRawBufferPointer
    let file: String

    func invalid(_ reason: String) -> TorchArchiveError { .invalidArchive(file: file, reason: reason) }

    func uint16(_ position: Int) throws -> UInt16 { UInt16(littleEndian: try load(position)) }
    func uint32(_ position: Int) throws -> UInt32 { UInt32(littleEndian: try load(position)) }
    func uint64(_ position: Int) throws -> UInt64 { UInt64(littleEndian: try load(position)) }

    func name(_ position: Int, length: Int) throws -> String {
        guard position >= 0, length <= bytes.count - position,
            let name = String(validating: bytes[position..<position + length], as: UTF8.self)
        else { throw invalid("an entry's name is not valid UTF-8") }
        return name
    }

    private func load<Number: FixedWidthInteger & BitwiseCopyable>(_ position: Int) throws -> Number {
        guard position >= 0, position <= bytes.count - MemoryLayout<Number>.size else {
            throw invalid("it ends in the middle of a zip record; it may be truncated")
        }
        return bytes.loadUnaligned(fromByteOffset: position, as: Number.self)
    }
}
