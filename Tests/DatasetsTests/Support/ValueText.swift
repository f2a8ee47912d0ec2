import Datasets

/// Values as text that the fixtures' scripts write alike, and checksums of it.
enum ValueText {
    static func bytes(_ value: CellValue) -> [UInt8] {
        switch value {
        case .null: Array("N".utf8)
        case .bool(let value): Array((value ? "T" : "F").utf8)
        case .int(let value): Array("\(value)".utf8)
        case .uint64(let value): Array("\(value)".utf8)
        case .double(let value): Array(number(value).utf8)
        case .string(let value): Array("\(value.utf8.count):".utf8) + Array(value.utf8)
        case .bytes(let value): Array("\(value.count):".utf8) + value
        case .temporal(let value): Array("\(value.rawValue)".utf8)
        case .decimal(let value): Array("\(value)".utf8)
        case .structure(let value):
            joined("{", value.fields.map { Array($0.name.utf8) + Array("=".utf8) + bytes($0.value) }, "}")
        case .ints, .int32s, .floats, .doubles, .strings, .list:
            joined("[", (value.elements ?? []).map { bytes($0) }, "]")
        }
    }

    private static func number(_ value: Double) -> String {
        guard !value.isNaN else { return "nan" }
        let digits = String(value.bitPattern, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func joined(_ open: String, _ parts: [[UInt8]], _ close: String) -> [UInt8] {
        Array(open.utf8) + Array(parts.joined(separator: [0x2C])) + Array(close.utf8)
    }

    /// The checksum of a column's values, each followed by a semicolon.
    static func checksum(_ rows: Dataset, column: String) throws -> UInt32 {
        var checksum = CRC32()
        for row in rows { checksum.add(bytes(try row.cell(column).value) + [0x3B]) }
        return checksum.value
    }
}

/// zlib's crc32.
struct CRC32 {
    private var state: UInt32 = .max
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { word, _ in word & 1 == 1 ? word >> 1 ^ 0xEDB8_8320 : word >> 1 }
    }

    mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { state = state >> 8 ^ Self.table[Int((state ^ UInt32(byte)) & 0xFF)] }
    }

    var value: UInt32 { ~state }
}
