/// Writes a zip archive of stored entries to a sink, in PyTorch's layout: each entry's data begins at a multiple of 64
/// bytes, its checksum follows it, and the archive ends with zip64's end record.
struct ZipWriter {
    private struct Entry {
        let name: [UInt8]
        let size: Int
        let offset: Int
        let checksum: UInt32

        /// Whether the sizes need zip64's fields.
        var isWide: Bool { ZipWriter.isWide(size) }
    }

    private let sink: ByteSink
    private let alignment = 64
    private var position = 0
    private var entries: [Entry] = []

    init(to sink: @escaping ByteSink) { self.sink = sink }

    /// Checksum over all entries' checksums, which PyTorch makes part of an archive's id.
    private(set) var combinedChecksum: UInt64 = 0
    /// The names written so far.
    var names: [String] { entries.map { String(decoding: $0.name, as: UTF8.self) } }

    mutating func add(_ name: String, _ text: String) throws {
        try Array(text.utf8).withUnsafeBytes { try add(name, $0) }
    }

    mutating func add(_ name: String, _ data: UnsafeRawBufferPointer) throws {
        let nameBytes = Array(name.utf8)
        let offset = position
        let isWide = Self.isWide(data.count)
        var header: [UInt8] = []
        header.append(little: 0x0403_4B50 as UInt32)
        Self.appendCommon(&header, isWide: isWide)
        // The checksum and the sizes come after the data.
        header.append(little: 0 as UInt32)
        header.append(little: isWide ? UInt32.max : 0)
        header.append(little: isWide ? UInt32.max : 0)
        header.append(little: UInt16(nameBytes.count))
        var extra: [UInt8] = []
        if isWide {
            extra.append(little: 1 as UInt16)
            extra.append(little: 16 as UInt16)
            extra.append(little: UInt64(data.count))
            extra.append(little: UInt64(data.count))
        }
        let unpadded = offset + header.count + 2 + nameBytes.count + extra.count + 4
        let padding = (alignment - unpadded % alignment) % alignment
        extra += [UInt8(ascii: "F"), UInt8(ascii: "B")]
        extra.append(little: UInt16(padding))
        extra += [UInt8](repeating: UInt8(ascii: "Z"), count: padding)
        header.append(little: UInt16(extra.count))
        try write(header + nameBytes + extra)

        try write(data)
        let checksum = CRC32.checksum(data)
        var descriptor: [UInt8] = []
        descriptor.append(little: 0x0807_4B50 as UInt32)
        descriptor.append(little: checksum)
        for _ in 0..<2 {
            if isWide {
                descriptor.append(little: UInt64(data.count))
            } else {
                descriptor.append(little: UInt32(data.count))
            }
        }
        try write(descriptor)
        entries.append(Entry(name: nameBytes, size: data.count, offset: offset, checksum: checksum))
        combinedChecksum = (combinedChecksum &* 31) &+ UInt64(checksum)
    }

    /// Writes the central directory and the end records.
    consuming func finish() throws {
        let start = position
        for entry in entries { try write(Self.directoryRecord(entry)) }
        let size = position - start
        var end: [UInt8] = []
        end.append(little: 0x0606_4B50 as UInt32)
        end.append(little: 44 as UInt64)
        end.append(little: 0x031E as UInt16)
        end.append(little: 45 as UInt16)
        end.append(little: 0 as UInt64)
        end.append(little: UInt64(entries.count))
        end.append(little: UInt64(entries.count))
        end.append(little: UInt64(size))
        end.append(little: UInt64(start))
        end.append(little: 0x0706_4B50 as UInt32)
        end.append(little: 0 as UInt32)
        end.append(little: UInt64(start + size))
        end.append(little: 1 as UInt32)
        end.append(little: 0x0605_4B50 as UInt32)
        end.append(little: 0 as UInt32)
        end.append(little: UInt16(clamping: entries.count))
        end.append(little: UInt16(clamping: entries.count))
        end.append(little: UInt32(clamping: size))
        end.append(little: UInt32(clamping: start))
        end.append(little: 0 as UInt16)
        try write(end)
    }

    private static func isWide(_ number: Int) -> Bool { number >= Int(UInt32.max) }

    /// Version, flags (sizes follow the data; names are UTF-8), stored, and no time.
    private static func appendCommon(_ record: inout [UInt8], isWide: Bool) {
        record.append(little: isWide ? 45 as UInt16 : 0)
        record.append(little: 0x0808 as UInt16)
        record.append(little: 0 as UInt16)
        record.append(little: 0 as UInt32)
    }

    private static func directoryRecord(_ entry: Entry) -> [UInt8] {
        var extra: [UInt8] = []
        if entry.isWide {
            extra.append(little: UInt64(entry.size))
            extra.append(little: UInt64(entry.size))
        }
        if isWide(entry.offset) { extra.append(little: UInt64(entry.offset)) }
        var record: [UInt8] = []
        record.append(little: 0x0201_4B50 as UInt32)
        record.append(little: 0 as UInt16)
        appendCommon(&record, isWide: !extra.isEmpty)
        record.append(little: entry.checksum)
        record.append(little: UInt32(clamping: entry.size))
        record.append(little: UInt32(clamping: entry.size))
        record.append(little: UInt16(entry.name.count))
        record.append(little: UInt16(extra.isEmpty ? 0 : extra.count + 4))
        record.append(little: 0 as UInt16)
        record.append(little: 0 as UInt64)
        record.append(little: UInt32(clamping: entry.offset))
        record += entry.name
        if !extra.isEmpty {
            record.append(little: 1 as UInt16)
            record.append(little: UInt16(extra.count))
            record += extra
        }
        return record
    }

    private mutating func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    private mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        if bytes.count > 0 { try sink(bytes) }
        position += bytes.count
    }
}

extension [UInt8] {
    fileprivate mutating func append(little value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
