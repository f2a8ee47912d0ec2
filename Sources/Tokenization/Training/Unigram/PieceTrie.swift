/// Finds the pieces that a word holds.
struct PieceTrie {
    /// Node (32 bits) and scalar (21 bits) of each edge plus 1; 0 where the slot is empty.
    private var edges: [UInt64]
    private var children: [Int32]
    /// For each node the piece that ends there, or -1.
    private var pieces: [Int32] = [-1]

    init(_ list: UnigramPieces, _ scalars: [UInt32]) {
        var capacity = 1024
        while capacity < list.count * 4 { capacity *= 2 }
        edges = Array(repeating: 0, count: capacity)
        children = Array(repeating: 0, count: capacity)
        for (number, range) in list.ranges.enumerated() where !range.isEmpty {
            var node: Int32 = 0
            for position in range { node = insert(node, scalars[position]) }
            pieces[Int(node)] = Int32(truncatingIfNeeded: number)
        }
    }

    @inline(__always)
    private static func edge(_ node: Int32, _ scalar: UInt32) -> UInt64 {
        (UInt64(UInt32(bitPattern: node)) << 21 | UInt64(scalar)) + 1
    }

    @inline(__always)
    private static func slot(_ edge: UInt64) -> Int {
        Int(truncatingIfNeeded: (edge &* 0x9E37_79B9_7F4A_7C15) >> 24)
    }

    private mutating func insert(_ node: Int32, _ scalar: UInt32) -> Int32 {
        let edge = Self.edge(node, scalar)
        var slot = Self.slot(edge) & (edges.count - 1)
        while edges[slot] != 0 {
            if edges[slot] == edge { return children[slot] }
            slot = (slot + 1) & (edges.count - 1)
        }
        let child = Int32(truncatingIfNeeded: pieces.count)
        pieces.append(-1)
        edges[slot] = edge
        children[slot] = child
        if pieces.count * 2 > edges.count { grow() }
        return child
    }

    private mutating func grow() {
        let (oldEdges, oldChildren) = (edges, children)
        edges = Array(repeating: 0, count: oldEdges.count * 2)
        children = Array(repeating: 0, count: oldEdges.count * 2)
        for (edge, child) in zip(oldEdges, oldChildren) where edge != 0 {
            var slot = Self.slot(edge) & (edges.count - 1)
            while edges[slot] != 0 { slot = (slot + 1) & (edges.count - 1) }
            edges[slot] = edge
            children[slot] = child
        }
    }

    /// The pieces that begin with the first scalar, from short to long.
    @inline(__always)
    func forEachPiece(
        at start: Int, in word: UnsafeBufferPointer<UInt32>, _ body: (_ length: Int, _ piece: Int) -> Void
    ) {
        edges.withUnsafeBufferPointer { edges in
            let mask = edges.count - 1
            var node: Int32 = 0
            var position = start
            while position < word.count {
                let edge = Self.edge(node, word[position])
                var slot = Self.slot(edge) & mask
                while edges[slot] != edge {
                    if edges[slot] == 0 { return }
                    slot = (slot + 1) & mask
                }
                node = children[slot]
                position += 1
                let piece = pieces[Int(node)]
                if piece >= 0 { body(position - start, Int(piece)) }
            }
        }
    }
}
