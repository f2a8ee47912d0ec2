/// What two neighbouring tokens merge into, and how early.
struct MergeTable: Sendable {
    /// A merge; the lowest rank goes first.
    struct Merge: Sendable, Equatable, BitwiseCopyable {
        var rank: UInt32
        var id: Int32

        static let none = Merge(rank: .max, id: -1)
    }

    private struct Slot: Sendable, BitwiseCopyable {
        var key: UInt64
        var merge: Merge
    }

    /// No pair has this key, for ids are not negative.
    private static let free = UInt64.max
    private var slots: [Slot]
    private let mask: Int

    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = [Slot](repeating: Slot(key: Self.free, merge: .none), count: size)
        mask = size - 1
    }

    /// Sets what a pair merges into; of equal pairs the last one holds. No more pairs may be set than the capacity.
    mutating func insert(_ left: Int32, _ right: Int32, _ merge: Merge) {
        let key = Self.key(left, right)
        var slot = Self.hash(key) & mask
        while slots[slot].key != Self.free, slots[slot].key != key { slot = (slot + 1) & mask }
        slots[slot] = Slot(key: key, merge: merge)
    }

    /// `.none` where the pair does not merge.
    @inline(__always)
    func find(_ left: Int32, _ right: Int32) -> Merge {
        slots.withUnsafeBufferPointer { slots in
            let key = Self.key(left, right)
            var slot = Self.hash(key) & mask
            while true {
                let entry = slots[slot]
                if entry.key == key { return entry.merge }
                if entry.key == Self.free { return .none }
                slot = (slot + 1) & mask
            }
        }
    }

    @inline(__always)
    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    @inline(__always)
    private static func hash(_ key: UInt64) -> Int {
        let product = (key ^ key >> 29).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: product.high ^ product.low)
    }

    /// Every pair in the order of ranks.
    var pairs: [(left: Int32, right: Int32)] {
        slots.filter { $0.key != Self.free }.sorted { $0.merge.rank < $1.merge.rank }.map {
            (Int32(truncatingIfNeeded: $0.key >> 32), Int32(truncatingIfNeeded: $0.key))
        }
    }
}
