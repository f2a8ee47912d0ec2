/// Pairs of neighbouring tokens, numbered in the order in which they came, with their counts.
struct PairTable {
    /// The first token's id in the upper half, the second's in the lower: the order of the pairs.
    typealias Key = UInt64

    private(set) var keys: [Key] = []
    /// How often each pair comes.
    var counts: [Int] = []
    /// The list of words in which the pair has appeared since it was last put into the queue; -1 for none.
    var lists: [Int32] = []
    /// A pair's number plus 1; 0 where the slot is empty.
    private var slots: [UInt32] = Array(repeating: 0, count: 1 << 12)

    static func key(_ first: Int32, _ second: Int32) -> Key {
        UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
    }

    /// The number of a pair, which is added where it is new.
    @inline(__always)
    mutating func index(_ first: Int32, _ second: Int32) -> Int {
        let key = Self.key(first, second)
        let mask = slots.count - 1
        var slot = Self.hash(key) & mask
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if keys[index] == key { return index }
            slot = (slot + 1) & mask
        }
        keys.append(key)
        counts.append(0)
        lists.append(-1)
        slots[slot] = UInt32(truncatingIfNeeded: keys.count)
        if keys.count * 2 > slots.count { grow() }
        return keys.count - 1
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for (index, key) in keys.enumerated() {
            var slot = Self.hash(key) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(truncatingIfNeeded: index + 1)
        }
    }

    @inline(__always)
    private static func hash(_ key: Key) -> Int {
        let product = key.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: (product.high ^ product.low) >> 1)
    }
}
