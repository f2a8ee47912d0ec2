/// A prefix tree over bytes as a double array: one memory access leads from a node to its child.
///
/// Faster to walk than `ByteTrie` and a fraction of its size, but made once from all its keys.
struct DoubleArrayTrie: Sendable {
    /// A node: bits 0 to 7 are the byte that leads to it, bit 8 tells that the unit is in use, bits 9 to 38 are the base
    /// of its children, bit 39 tells that a key ends here, and bits 40 to 63 are that key's value.
    ///
    /// The child for a byte is the unit at the base XOR the byte.
    typealias Unit = UInt64

    static let valueLimit = 1 << 24
    private(set) var units: [Unit]

    @inline(__always)
    static func base(_ unit: Unit) -> Int { Int(truncatingIfNeeded: unit >> 9) & 0x3FFF_FFFF }

    /// The child of a node for a byte; nil where there is none. `node` is the base of the parent.
    @inline(__always)
    static func child(_ units: UnsafeBufferPointer<Unit>, _ base: Int, _ byte: UInt8) -> Unit? {
        // The array is made of whole blocks of 256 units, so that no base leads out of it.
        let unit = units[base ^ Int(byte)]
        return unit & 0x1FF == UInt64(byte) | 0x100 ? unit : nil
    }

    /// The value of the key that ends in a node; negative where none does.
    @inline(__always)
    static func value(_ unit: Unit) -> Int {
        unit & (1 << 39) != 0 ? Int(truncatingIfNeeded: unit >> 40) : -1
    }

    /// The base of the root.
    @inline(__always)
    var root: Int { Self.base(units[0]) }

    /// The value of `key`; nil where it is none.
    func value(_ key: some Sequence<UInt8>) -> Int? {
        units.withUnsafeBufferPointer { units in
            var unit = units[0]
            for byte in key {
                guard let child = Self.child(units, Self.base(unit), byte) else { return nil }
                unit = child
            }
            let value = Self.value(unit)
            return value < 0 ? nil : value
        }
    }

    /// - Parameter keys: with values from 0 to `valueLimit - 1`; of equal keys the last one counts. Empty keys are left
    ///   out.
    init(_ keys: [(bytes: [UInt8], value: Int)]) {
        var builder = DoubleArrayBuilder(keys)
        units = builder.build()
    }
}

/// Finds a place for each node's children.
private struct DoubleArrayBuilder {
    /// Sorted by bytes, no two equal.
    private let keys: [(bytes: [UInt8], value: Int)]
    private var units: [DoubleArrayTrie.Unit] = []
    /// For each unit whether it is the base of a node's children.
    private var isBase: [Bool] = []
    /// Blocks in which there may be room, the newest last.
    private var openBlocks: [Block] = []
    private static let openLimit = 16

    /// 256 units.
    private struct Block {
        let index: Int
        /// The free units.
        var free = [UInt8](0...255)
        /// How often there was no room.
        var failures = 0
        static let failureLimit = 64
    }

    init(_ keys: [(bytes: [UInt8], value: Int)]) {
        let sorted = keys.enumerated().sorted { left, right in
            if left.element.bytes.lexicographicallyPrecedes(right.element.bytes) { return true }
            return left.element.bytes == right.element.bytes && left.offset < right.offset
        }
        var unique: [(bytes: [UInt8], value: Int)] = []
        unique.reserveCapacity(sorted.count)
        for (_, key) in sorted where !key.bytes.isEmpty {
            if unique.last?.bytes == key.bytes { unique.removeLast() }
            unique.append(key)
        }
        self.keys = unique
    }

    /// The keys of a node's subtree, which share their first `depth` bytes.
    private struct Node {
        let unit: Int
        let keys: Range<Int>
        let depth: Int
    }

    mutating func build() -> [DoubleArrayTrie.Unit] {
        addBlock()
        // No byte leads to the root, and no node has the base 0, which stands for no children.
        units[0] = 0xFF
        openBlocks[0].free.removeFirst()
        isBase[0] = true
        var pending = [Node(unit: 0, keys: 0..<keys.count, depth: 0)]
        var children: [(label: UInt8, keys: Range<Int>)] = []
        while let node = pending.popLast() {
            collectChildren(of: node, into: &children)
            guard !children.isEmpty else { continue }
            let base = place(children.map(\.label))
            units[node.unit] |= UInt64(base) << 9
            for child in children {
                let unit = base ^ Int(child.label)
                take(unit, label: child.label)
                pending.append(Node(unit: unit, keys: child.keys, depth: node.depth + 1))
            }
        }
        return units
    }

    /// Groups a node's keys by their next byte; the key that ends here gives the node its value.
    private mutating func collectChildren(of node: Node, into children: inout [(label: UInt8, keys: Range<Int>)]) {
        children.removeAll(keepingCapacity: true)
        var start = node.keys.lowerBound
        if start < node.keys.upperBound, keys[start].bytes.count == node.depth {
            units[node.unit] |= UInt64(keys[start].value) << 40 | 1 << 39
            start += 1
        }
        while start < node.keys.upperBound {
            let label = keys[start].bytes[node.depth]
            var end = start + 1
            while end < node.keys.upperBound, keys[end].bytes[node.depth] == label { end += 1 }
            children.append((label, start..<end))
            start = end
        }
    }

    private mutating func addBlock() {
        if openBlocks.count == Self.openLimit { openBlocks.removeFirst() }
        openBlocks.append(Block(index: units.count / 256))
        units.append(contentsOf: repeatElement(0, count: 256))
        isBase.append(contentsOf: repeatElement(false, count: 256))
    }

    private mutating func take(_ unit: Int, label: UInt8) {
        units[unit] |= UInt64(label) | 0x100
        guard let open = openBlocks.lastIndex(where: { $0.index == unit / 256 }),
            let free = openBlocks[open].free.firstIndex(of: UInt8(truncatingIfNeeded: unit))
        else { return }
        openBlocks[open].free.remove(at: free)
    }

    /// A base at which the units of all labels are free.
    private mutating func place(_ labels: [UInt8]) -> Int {
        let base = placeInOpenBlock(labels) ?? units.count
        if base == units.count { addBlock() }
        isBase[base] = true
        return base
    }

    private mutating func placeInOpenBlock(_ labels: [UInt8]) -> Int? {
        defer { openBlocks.removeAll { $0.free.isEmpty || $0.failures > Block.failureLimit } }
        for open in openBlocks.indices where openBlocks[open].free.count >= labels.count {
            let start = openBlocks[open].index * 256
            for unit in openBlocks[open].free {
                let base = start + Int(unit ^ labels[0])
                if !isBase[base], labels.allSatisfy({ units[base ^ Int($0)] == 0 }) { return base }
            }
            openBlocks[open].failures += 1
        }
        return nil
    }
}
