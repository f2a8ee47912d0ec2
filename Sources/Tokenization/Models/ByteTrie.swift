/// A prefix tree over bytes, its edges in one hash table.
///
/// One walk down finds the longest token that text begins with, without making any string.
struct ByteTrie: Sendable {
    typealias Node = UInt32
    static let root: Node = 0
    /// Node numbers have 28 bits.
    static let nodeLimit = 1 << 28

    /// Parent (28 bits), byte (8) and child (28); 0 where the slot is empty, for no edge leads to the root.
    private var slots: [UInt64]
    /// For each node the value of the key that ends there, or -1.
    private var values: [Int32] = [-1]

    init(expectedKeys: Int) {
        var capacity = 1024
        while capacity < expectedKeys * 4 { capacity *= 2 }
        slots = [UInt64](repeating: 0, count: capacity)
        values.reserveCapacity(capacity / 2)
    }

    /// Sets the value of `key`; the value that it had before, or nil.
    mutating func insert(_ key: some Sequence<UInt8>, value: Int32) -> Int32? {
        var node = Self.root
        for byte in key { node = insertEdge(node, byte) }
        let previous = values[Int(node)]
        values[Int(node)] = value
        return previous < 0 ? nil : previous
    }

    private mutating func insertEdge(_ node: Node, _ byte: UInt8) -> Node {
        let edge = UInt64(node) << 8 | UInt64(byte)
        var slot = Self.hash(edge) & (slots.count - 1)
        while slots[slot] != 0 {
            if slots[slot] >> 28 == edge { return Node(truncatingIfNeeded: slots[slot] & 0xFFF_FFFF) }
            slot = (slot + 1) & (slots.count - 1)
        }
        let child = values.count
        precondition(child < Self.nodeLimit)
        values.append(-1)
        slots[slot] = edge << 28 | UInt64(child)
        if values.count * 2 > slots.count { grow() }
        return Node(child)
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        for entry in old where entry != 0 {
            var slot = Self.hash(entry >> 28) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = entry
        }
    }

    @inline(__always)
    private static func hash(_ edge: UInt64) -> Int {
        Int(truncatingIfNeeded: (edge &* 0x9E37_79B9_7F4A_7C15) >> 32)
    }

    /// The node that `byte` leads to.
    @inline(__always)
    private static func child(_ slots: UnsafeBufferPointer<UInt64>, _ node: Node, _ byte: UInt8) -> Node? {
        let edge = UInt64(node) << 8 | UInt64(byte)
        var slot = hash(edge) & (slots.count - 1)
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            if entry >> 28 == edge { return Node(truncatingIfNeeded: entry & 0xFFF_FFFF) }
            slot = (slot + 1) & (slots.count - 1)
        }
    }

    /// The node that `key` leads to.
    func node(_ key: some Sequence<UInt8>) -> Node? {
        slots.withUnsafeBufferPointer { slots in
            var node = Self.root
            for byte in key {
                guard let next = Self.child(slots, node, byte) else { return nil }
                node = next
            }
            return node
        }
    }

    /// The value of `key`.
    func value(_ key: some Sequence<UInt8>) -> Int32? {
        guard let node = node(key), values[Int(node)] >= 0 else { return nil }
        return values[Int(node)]
    }

    /// The values of the key `first` and of the one that is `first` and then `second`, found on one way down.
    func values(
        _ first: some Sequence<UInt8>, _ second: some Sequence<UInt8>
    ) -> (first: Int32?, both: Int32?) {
        slots.withUnsafeBufferPointer { slots in
            var node = Self.root
            for byte in first {
                guard let next = Self.child(slots, node, byte) else { return (nil, nil) }
                node = next
            }
            let value = values[Int(node)] < 0 ? nil : values[Int(node)]
            for byte in second {
                guard let next = Self.child(slots, node, byte) else { return (value, nil) }
                node = next
            }
            return (value, values[Int(node)] < 0 ? nil : values[Int(node)])
        }
    }

    /// The longest key, at least one byte beyond `start`, that `bytes` holds from `range.lowerBound` on.
    @inline(__always)
    func longestMatch(
        from start: Node, in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) -> (value: Int32, end: Int)? {
        slots.withUnsafeBufferPointer { slots in
            values.withUnsafeBufferPointer { values in
                var node = start
                var best: (value: Int32, end: Int)?
                var position = range.lowerBound
                while position < range.upperBound, let next = Self.child(slots, node, bytes[position]) {
                    node = next
                    position += 1
                    let value = values[Int(node)]
                    if value >= 0 { best = (value, position) }
                }
                return best
            }
        }
    }
}
