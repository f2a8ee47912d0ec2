/// Distinct byte strings, numbered from 0 in the order in which they came.
///
/// Strings are compared byte by byte: Swift's `String` calls the composed and the decomposed form of a letter equal, but
/// they are two words.
struct ByteStringTable: Sendable {
    /// All strings, one behind the other.
    private(set) var bytes: [UInt8] = []
    /// Where each string ends in `bytes`.
    private var ends: [Int] = []
    /// The upper half of a string's hash and its number plus 1; 0 where the slot is empty.
    private var slots: [UInt64]

    /// Numbers have 31 bits.
    static let limit = Int(Int32.max)
    /// Differs from run to run, so that no text can be made whose words all fall into one slot.
    private static let seed = UInt64.random(in: .min ... .max)

    init(expectedCount: Int = 0) {
        var capacity = 256
        while capacity < expectedCount * 2 { capacity *= 2 }
        slots = [UInt64](repeating: 0, count: capacity)
    }

    var count: Int { ends.count }

    /// The place of a string in `bytes`.
    @inline(__always)
    func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    func string(_ index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

    /// The number of `string`, or nil.
    func index(_ string: UnsafeBufferPointer<UInt8>) -> Int? {
        let slot = slot(string, Self.hash(string))
        return slots[slot] == 0 ? nil : Int(slots[slot] & 0xFFFF_FFFF) - 1
    }

    /// The number of `string`, which is added where it is new.
    mutating func insert(_ string: UnsafeBufferPointer<UInt8>) -> Int {
        let hash = Self.hash(string)
        let slot = slot(string, hash)
        if slots[slot] != 0 { return Int(slots[slot] & 0xFFFF_FFFF) - 1 }
        precondition(ends.count < Self.limit, "too many distinct words")
        bytes.append(contentsOf: string)
        ends.append(bytes.count)
        slots[slot] = hash & ~0xFFFF_FFFF | UInt64(ends.count)
        if ends.count * 2 > slots.count { grow() }
        return ends.count - 1
    }

    func index(_ string: String) -> Int? { Self.withBytes(string) { index($0) } }

    mutating func insert(_ string: String) -> Int { Self.withBytes(string) { insert($0) } }

    private static func withBytes<Result>(
        _ string: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        var string = string
        return string.withUTF8 { body($0) }
    }

    /// The slot of `string`, or the empty one where it belongs.
    @inline(__always)
    private func slot(_ string: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash >> 32) & mask
        while slots[slot] != 0 {
            if (slots[slot] ^ hash) >> 32 == 0, equals(Int(slots[slot] & 0xFFFF_FFFF) - 1, string) { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    @inline(__always)
    private func equals(_ index: Int, _ string: UnsafeBufferPointer<UInt8>) -> Bool {
        let range = range(index)
        guard range.count == string.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            for offset in 0..<string.count where bytes[range.lowerBound + offset] != string[offset] { return false }
            return true
        }
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        let mask = slots.count - 1
        for entry in old where entry != 0 {
            // The hash's upper half is all that the place needs, as long as there are no more slots than it can tell.
            var slot = Int(truncatingIfNeeded: entry >> 32) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = entry
        }
    }

    @inline(__always)
    private static func hash(_ string: UnsafeBufferPointer<UInt8>) -> UInt64 {
        func mix(_ value: UInt64) -> UInt64 {
            let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
            return product.high ^ product.low
        }
        var hash = seed ^ UInt64(truncatingIfNeeded: string.count)
        var offset = 0
        while offset + 8 <= string.count {
            let word = UnsafeRawBufferPointer(string).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            hash = mix(hash ^ word)
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < string.count {
            rest = rest << 8 | UInt64(string[offset])
            offset += 1
        }
        return mix(mix(hash ^ rest) ^ 0xD6E8_FEB8_6659_FD93)
    }
}
