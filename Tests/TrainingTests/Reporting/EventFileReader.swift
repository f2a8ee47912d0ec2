import Foundation

/// Reads TensorBoard's files, written against their description and not against the writer.
struct EventFileReader {
    /// The records' messages.
    private(set) var messages: [[UInt8]] = []

    struct Damaged: Error {}

    init(_ file: URL) throws {
        var bytes = [UInt8](try Data(contentsOf: file))[...]
        func number(_ count: Int) throws -> UInt64 {
            guard bytes.count >= count else { throw Damaged() }
            defer { bytes = bytes.dropFirst(count) }
            return bytes.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        while !bytes.isEmpty {
            let head = Array(bytes.prefix(8))
            let length = Int(try number(8))
            guard try number(4) == UInt64(Self.maskedChecksum(head)), bytes.count >= length + 4 else { throw Damaged() }
            let message = Array(bytes.prefix(length))
            bytes = bytes.dropFirst(length)
            guard try number(4) == UInt64(Self.maskedChecksum(message)) else { throw Damaged() }
            messages.append(message)
        }
    }

    /// Bit by bit, as CRC-32C is defined.
    static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
        }
        crc = ~crc
        return ((crc >> 15) | (crc << 17)) &+ 0xA282_EAD8
    }

    /// The fields of a protobuf message: numbers as bits, everything else as bytes.
    static func fields(_ message: [UInt8]) throws -> [Int: [UInt8]] {
        var fields: [Int: [UInt8]] = [:]
        var rest = message[...]
        func varint() throws -> UInt64 {
            var value: UInt64 = 0
            for shift in stride(from: 0, to: 64, by: 7) {
                guard let byte = rest.popFirst() else { throw Damaged() }
                value |= UInt64(byte & 0x7F) << UInt64(shift)
                if byte < 0x80 { return value }
            }
            throw Damaged()
        }
        while !rest.isEmpty {
            let key = try varint()
            let count: Int
            switch key & 7 {
            case 0:
                let value = try varint()
                fields[Int(key >> 3)] = withUnsafeBytes(of: value.littleEndian) { Array($0) }
                continue
            case 1: count = 8
            case 2: count = Int(try varint())
            case 5: count = 4
            default: throw Damaged()
            }
            guard rest.count >= count else { throw Damaged() }
            fields[Int(key >> 3)] = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return fields
    }

    struct Scalar: Hashable {
        let tag: String
        let step: Int
        let value: Float
    }

    /// Numbers in order.
    func scalars() throws -> [Scalar] {
        try messages.compactMap { message in
            let event = try Self.fields(message)
            guard let summary = event[5], let value = try Self.fields(summary)[1] else { return nil }
            let fields = try Self.fields(value)
            guard let tag = fields[1], let bits = fields[2] else { return nil }
            let pattern = bits.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let step = (event[2] ?? []).reversed().reduce(0) { $0 << 8 | Int($1) }
            return Scalar(tag: String(decoding: tag, as: UTF8.self), step: step, value: Float(bitPattern: pattern))
        }
    }

    /// Texts by their tags.
    func texts() throws -> [String: String] {
        var texts: [String: String] = [:]
        for message in messages {
            guard let summary = try Self.fields(message)[5], let value = try Self.fields(summary)[1] else { continue }
            let fields = try Self.fields(value)
            guard let tag = fields[1], let tensor = fields[8], let text = try Self.fields(tensor)[8] else { continue }
            texts[String(decoding: tag, as: UTF8.self)] = String(decoding: text, as: UTF8.self)
        }
        return texts
    }
}
