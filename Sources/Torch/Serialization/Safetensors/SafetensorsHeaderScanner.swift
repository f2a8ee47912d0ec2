/// A strict reader of the JSON that a safetensors header may consist of: objects, strings and arrays of whole numbers.
///
/// The header is hostile input: nothing here recurses, and what it allocates is bounded by the header's length.
struct SafetensorsHeaderScanner {
    /// What is wrong, and the byte of the header where it was seen.
    struct Failure: Error {
        let reason: String
        let position: Int
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    func failure(_ reason: String) -> Failure { Failure(reason: reason, position: position) }

    /// Reads `{…}` and calls `member` after each key's colon; `member` reads the value.
    mutating func object(_ member: (inout SafetensorsHeaderScanner, String) throws -> Void) throws {
        try expect("{")
        if take("}") { return }
        repeat {
            skipSpace()
            let key = try string()
            try expect(":")
            skipSpace()
            try member(&self, key)
        } while take(",")
        try expect("}")
    }

    /// Reads `[…]` of numbers from 0 up.
    mutating func integers() throws -> [Int] {
        var numbers: [Int] = []
        try expect("[")
        if take("]") { return numbers }
        repeat {
            numbers.append(try integer())
        } while take(",")
        try expect("]")
        return numbers
    }

    /// Only spaces may follow.
    mutating func end() throws {
        skipSpace()
        guard position == bytes.count else { throw failure("there is more after the JSON object") }
    }

    mutating func string() throws -> String {
        try expect("\"")
        var units: [UInt8] = []
        while true {
            guard position < bytes.count else { throw failure("a string does not end") }
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: units, as: UTF8.self) else {
                    throw failure("a string is not valid UTF-8")
                }
                position += 1
                return text
            case UInt8(ascii: "\\"): try escape(into: &units)
            case 0..<0x20: throw failure("a string holds a control character")
            default:
                units.append(byte)
                position += 1
            }
        }
    }

    private mutating func escape(into units: inout [UInt8]) throws {
        guard position + 1 < bytes.count else { throw failure("a string does not end") }
        let letter = bytes[position + 1]
        let plain: UInt8
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain = letter
        case UInt8(ascii: "b"): plain = 8
        case UInt8(ascii: "t"): plain = 9
        case UInt8(ascii: "n"): plain = 10
        case UInt8(ascii: "f"): plain = 12
        case UInt8(ascii: "r"): plain = 13
        case UInt8(ascii: "u"):
            units.append(contentsOf: String(try unicodeEscape()).utf8)
            return
        default: throw failure("a string holds an unknown escape")
        }
        units.append(plain)
        position += 2
    }

    private mutating func unicodeEscape() throws -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw failure("a string holds half a surrogate pair") }
        let second = try codeUnit()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((UInt32(first) - 0xD800) << 10) + (UInt32(second) - 0xDC00))
        else { throw failure("a string holds half a surrogate pair") }
        return scalar
    }

    /// `\uXXXX`
    private mutating func codeUnit() throws -> UInt16 {
        guard position + 6 <= bytes.count else { throw failure("a string does not end") }
        var unit: UInt16 = 0
        for index in position + 2..<position + 6 {
            guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue, bytes[index] < 128 else {
                throw failure("a string holds an escape that is not hexadecimal")
            }
            unit = unit << 4 | UInt16(digit)
        }
        position += 6
        return unit
    }

    private mutating func integer() throws -> Int {
        skipSpace()
        let start = position
        var number = 0
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            let digit = Int(bytes[position] - UInt8(ascii: "0"))
            let (shifted, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(digit)
            guard !overflow, !carry else { throw failure("a number is too large") }
            number = sum
            position += 1
        }
        guard position > start else { throw failure("a whole number from 0 up is expected") }
        guard position == start + 1 || bytes[start] != UInt8(ascii: "0") else {
            throw failure("a number begins with 0")
        }
        return number
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        guard take(character) else { throw failure("'\(character)' is expected") }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
    }
}
