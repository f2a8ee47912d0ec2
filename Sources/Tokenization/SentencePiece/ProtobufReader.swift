/// Reads the fields of a protocol-buffer message one after the other.
///
/// Only what is in the bytes is ever taken: lengths are checked before anything is made of them.
struct ProtobufReader {
    /// What a field holds.
    enum Value {
        case varint(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        /// A string, bytes or a message: its place in the data.
        case bytes(Range<Int>)
    }

    struct Failure: Error {
        /// Counted from the beginning of the data.
        let position: Int
        let reason: String
    }

    private let data: [UInt8]
    private var position: Int
    private let end: Int

    /// The message in `range` of the data.
    init(_ data: [UInt8], _ range: Range<Int>) {
        self.data = data
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next field; nil at the end of the message.
    mutating func next() throws(Failure) -> (number: Int, value: Value)? {
        guard position < end else { return nil }
        let start = position
        let key = try varint()
        guard key >> 3 > 0, key >> 3 < 1 << 29 else { throw Failure(position: start, reason: "no valid field") }
        let number = Int(key >> 3)
        switch key & 7 {
        case 0: return (number, .varint(try varint()))
        case 1: return (number, .fixed64(try fixed(8)))
        case 2:
            let length = try varint()
            guard length <= UInt64(end - position) else {
                throw Failure(position: start, reason: "a field of \(length) bytes, more than there are")
            }
            defer { position += Int(length) }
            return (number, .bytes(position..<position + Int(length)))
        case 5: return (number, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
        default: throw Failure(position: start, reason: "a field of the unknown wire type \(key & 7)")
        }
    }

    private mutating func varint() throws(Failure) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = data[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
            if shift > 63 { throw Failure(position: start, reason: "a number of too many bytes") }
        }
        throw Failure(position: start, reason: "the data end inside a number")
    }

    private mutating func fixed(_ count: Int) throws(Failure) -> UInt64 {
        guard count <= end - position else {
            throw Failure(position: position, reason: "the data end inside a number")
        }
        defer { position += count }
        return (0..<count).reduce(0) { $0 | UInt64(data[position + $1]) << UInt64(8 * $1) }
    }
}
