/// Reads the numbers in base 36 of `UnicodeTables`.
struct TableReader {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ table: StaticString) {
        text = UnsafeBufferPointer(start: table.utf8Start, count: table.utf8CodeUnitCount)
    }

    var isAtEnd: Bool { position >= text.count }

    /// The number here; the character after it is passed over and returned (a space at the end).
    mutating func readNumber() -> (value: Int, separator: UInt8) {
        var value = 0
        while position < text.count {
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value * 36 + Int(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = value * 36 + Int(byte - UInt8(ascii: "a")) + 10
            default: return (value, byte)
            }
        }
        return (value, UInt8(ascii: " "))
    }

    /// Pairs of gap and length, until the table or a group joined by commas ends.
    mutating func readRuns(_ body: (Range<Int>) -> Void) {
        var end = 0
        while !isAtEnd {
            let start = end + readNumber().value
            let (length, separator) = readNumber()
            end = start + length
            body(start..<end)
            if separator == UInt8(ascii: " "), isGrouped { return }
        }
    }

    /// Whether runs are joined by commas, so that a space ends a group.
    var isGrouped = false

    /// `gap:part+part` entries.
    mutating func readMappings(_ body: (Int, [UInt32]) -> Void) {
        var scalar = 0
        while !isAtEnd {
            scalar += readNumber().value
            var parts: [UInt32] = []
            var separator = UInt8(ascii: "+")
            while separator == UInt8(ascii: "+") {
                let (part, next) = readNumber()
                parts.append(UInt32(part))
                separator = next
            }
            body(scalar, parts)
        }
    }
}
