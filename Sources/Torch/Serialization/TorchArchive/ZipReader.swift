/// The entries of a zip archive whose members are stored without compression, as PyTorch writes them.
///
/// The archive is hostile input: every range is checked against the file, and entries may not overlap.
struct ZipReader {
    /// One member.
    struct Entry {
        let name: String
        let headerStart: Int
        let data: Range<Int>
        let checksum: UInt32
    }

    let entries: [Entry]

    private struct Directory {
        var count: UInt64
        var size: UInt64
        var offset: UInt64
    }

    /// - Throws: ``TorchArchiveError/invalidArchive(file:reason:)``.
    init(_ bytes: UnsafeRawBufferPointer, file: String) throws {
        let cursor = ZipBytes(bytes: bytes, file: file)
        let directory = try Self.findDirectory(cursor)
        guard directory.offset <= bytes.count, directory.size <= UInt64(bytes.count) - directory.offset else {
            throw cursor.invalid("its central directory lies outside the file; it may be truncated")
        }
        let directoryStart = Int(directory.offset)
        let directoryEnd = directoryStart + Int(directory.size)
        guard directory.count <= directory.size / 46 else {
            throw cursor.invalid("its central directory is too short for \(directory.count) entries")
        }
        var entries: [Entry] = []
        var names = Set<String>()
        var position = directoryStart
        for _ in 0..<directory.count {
            let entry = try Self.entry(cursor, at: &position, limit: directoryEnd, dataLimit: directoryStart)
            guard names.insert(entry.name).inserted else {
                throw cursor.invalid("the entry \(quoted(entry.name)) stands twice")
            }
            entries.append(entry)
        }
        guard position == directoryEnd else {
            throw cursor.invalid("its central directory has bytes that belong to no entry")
        }
        var end = 0
        for entry in entries.sorted(by: { $0.headerStart < $1.headerStart }) {
            guard entry.headerStart >= end else {
                throw cursor.invalid("the entry \(quoted(entry.name)) overlaps another")
            }
            end = entry.data.upperBound
        }
        self.entries = entries
    }

    /// Reads the end record, and zip64's where there is one.
    private static func findDirectory(_ cursor: ZipBytes) throws -> Directory {
        let count = cursor.bytes.count
        var position = count - 22
        while position >= max(0, count - 22 - 0xFFFF) {
            if try cursor.uint32(position) == 0x0605_4B50,
                Int(try cursor.uint16(position + 20)) == count - position - 22
            {
                break
            }
            position -= 1
        }
        guard position >= max(0, count - 22 - 0xFFFF) else {
            throw cursor.invalid("it has no zip end record; it may be truncated, or of a torch.save before PyTorch 1.6")
        }
        if position >= 20, try cursor.uint32(position - 20) == 0x0706_4B50 {
            return try zip64Directory(cursor, locator: position - 20)
        }
        guard try cursor.uint16(position + 4) == 0, try cursor.uint16(position + 6) == 0 else {
            throw cursor.invalid("it is one part of a split zip archive")
        }
        return Directory(
            count: UInt64(try cursor.uint16(position + 10)), size: UInt64(try cursor.uint32(position + 12)),
            offset: UInt64(try cursor.uint32(position + 16)))
    }

    private static func zip64Directory(_ cursor: ZipBytes, locator: Int) throws -> Directory {
        let offset = try cursor.uint64(locator + 8)
        guard offset <= UInt64(max(0, locator - 56)), try cursor.uint32(Int(offset)) == 0x0606_4B50 else {
            throw cursor.invalid("its zip64 end record is missing")
        }
        let record = Int(offset)
        guard try cursor.uint32(record + 16) == 0, try cursor.uint32(record + 20) == 0 else {
            throw cursor.invalid("it is one part of a split zip archive")
        }
        return Directory(
            count: try cursor.uint64(record + 32), size: try cursor.uint64(record + 40),
            offset: try cursor.uint64(record + 48))
    }

    /// Reads the central directory's record at `position` and the local header that it points to.
    private static func entry(
        _ cursor: ZipBytes, at position: inout Int, limit: Int, dataLimit: Int
    ) throws -> Entry {
        guard limit - position >= 46, try cursor.uint32(position) == 0x0201_4B50 else {
            throw cursor.invalid("its central directory is damaged")
        }
        let start = position
        let nameLength = Int(try cursor.uint16(start + 28))
        let extraLength = Int(try cursor.uint16(start + 30))
        let commentLength = Int(try cursor.uint16(start + 32))
        guard limit - start - 46 >= nameLength + extraLength + commentLength else {
            throw cursor.invalid("its central directory is damaged")
        }
        position += 46 + nameLength + extraLength + commentLength
        let name = try cursor.name(start + 46, length: nameLength)
        let flags = try cursor.uint16(start + 8)
        guard flags & 1 == 0 else { throw cursor.invalid("the entry \(quoted(name)) is encrypted") }
        let method = try cursor.uint16(start + 10)
        guard method == 0 else {
            let how = method == 8 ? "deflated" : "compressed with method \(method)"
            throw cursor.invalid("the entry \(quoted(name)) is \(how); PyTorch stores entries uncompressed")
        }
        var wide = try Zip64Fields(cursor, at: start + 46 + nameLength, length: extraLength, name: name)
        let size = try wide.resolve(try cursor.uint32(start + 24))
        let storedSize = try wide.resolve(try cursor.uint32(start + 20))
        let offset = try wide.resolve(try cursor.uint32(start + 42))
        guard size == storedSize else { throw cursor.invalid("the entry \(quoted(name)) has two different sizes") }
        guard offset <= UInt64(max(0, dataLimit - 30)), try cursor.uint32(Int(offset)) == 0x0403_4B50 else {
            throw cursor.invalid("the entry \(quoted(name)) has no local header")
        }
        let local = Int(offset)
        let localNameLength = Int(try cursor.uint16(local + 26))
        guard try cursor.uint16(local + 8) == method,
            localNameLength == nameLength, try cursor.name(local + 30, length: nameLength) == name
        else { throw cursor.invalid("the entry \(quoted(name)) has a local header that differs from the directory's") }
        let dataStart = local + 30 + nameLength + Int(try cursor.uint16(local + 28))
        guard dataStart <= dataLimit, size <= UInt64(dataLimit - dataStart) else {
            throw cursor.invalid("the entry \(quoted(name)) reaches outside the file")
        }
        return Entry(
            name: name, headerStart: local, data: dataStart..<dataStart + Int(size),
            checksum: try cursor.uint32(start + 16))
    }
}

/// The 64-bit values of a directory record's zip64 extra field, in the order in which the 32-bit fields ask for them.
private struct Zip64Fields {
    private let cursor: ZipBytes
    private let name: String
    private var next = 0
    private var end = 0

    init(_ cursor: ZipBytes, at start: Int, length: Int, name: String) throws {
        self.cursor = cursor
        self.name = name
        var position = start
        while start + length - position >= 4 {
            let fieldLength = Int(try cursor.uint16(position + 2))
            guard start + length - position - 4 >= fieldLength else { break }
            if try cursor.uint16(position) == 1 {
                next = position + 4
                end = next + fieldLength
                return
            }
            position += 4 + fieldLength
        }
    }

    mutating func resolve(_ value: UInt32) throws -> UInt64 {
        guard value == UInt32.max else { return UInt64(value) }
        guard end - next >= 8 else { throw cursor.invalid("the entry \(quoted(name)) lacks its zip64 sizes") }
        defer { next += 8 }
        return try cursor.uint64(next)
    }
}
