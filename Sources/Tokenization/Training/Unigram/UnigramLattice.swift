internal import Foundation

/// All ways to put one word together from pieces. Its memory is used again for the next word.
struct UnigramLattice {
    struct Node {
        let start: Int
        let end: Int
        let piece: Int
        let score: Double
    }

    /// By their start, and from short to long.
    private(set) var nodes: [Node] = []
    /// Where the nodes that start at each place begin.
    private var firstNodes: [Int] = []
    private var length = 0
    private var forward: [Double] = []
    private var backward: [Double] = []
    private var reached: [Bool] = []
    /// The node that the best way to each place ends with.
    private var best: [Int] = []

    mutating func fill(
        _ word: UnsafeBufferPointer<UInt32>, _ trie: PieceTrie, _ pieces: UnigramPieces, unknownScore: Double
    ) {
        nodes.removeAll(keepingCapacity: true)
        firstNodes.removeAll(keepingCapacity: true)
        length = word.count
        for start in 0..<length {
            firstNodes.append(nodes.count)
            var hasSingle = false
            trie.forEachPiece(at: start, in: word) { length, piece in
                nodes.append(Node(start: start, end: start + length, piece: piece, score: pieces.scores[piece]))
                if length == 1 { hasSingle = true }
            }
            if !hasSingle { nodes.append(Node(start: start, end: start + 1, piece: 0, score: unknownScore)) }
        }
        firstNodes.append(nodes.count)
    }

    private mutating func reset(_ array: WritableKeyPath<Self, [Double]>) {
        self[keyPath: array].removeAll(keepingCapacity: true)
        self[keyPath: array].append(contentsOf: repeatElement(0, count: length + 1))
    }

    private static func logSumExp(_ x: Double, _ y: Double) -> Double {
        let (low, high) = x > y ? (y, x) : (x, y)
        return high > low + 50 ? high : high + log(exp(low - high) + 1)
    }

    /// Adds to `expected` how often each piece is to be expected in `count` such words; the word's likelihood.
    mutating func addExpected(_ count: Double, to expected: inout [Double]) -> Double {
        reset(\.forward)
        reset(\.backward)
        reached.removeAll(keepingCapacity: true)
        reached.append(contentsOf: repeatElement(false, count: length + 1))
        for node in nodes {
            let score = node.score + forward[node.start]
            forward[node.end] = reached[node.end] ? Self.logSumExp(forward[node.end], score) : score
            reached[node.end] = true
        }
        for start in stride(from: length - 1, through: 0, by: -1) {
            for index in firstNodes[start]..<firstNodes[start + 1] {
                let score = nodes[index].score + backward[nodes[index].end]
                backward[start] = index == firstNodes[start] ? score : Self.logSumExp(backward[start], score)
            }
        }
        let likelihood = forward[length]
        for node in nodes {
            expected[node.piece] +=
                count * exp(forward[node.start] + node.score + backward[node.end] - likelihood)
        }
        return count * likelihood
    }

    /// Calls `body` with the pieces of the best way, from the last to the first.
    mutating func forEachBest(_ body: (_ piece: Int) -> Void) {
        reset(\.forward)
        best.removeAll(keepingCapacity: true)
        best.append(contentsOf: repeatElement(-1, count: length + 1))
        for (index, node) in nodes.enumerated() {
            let score = node.score + forward[node.start]
            if best[node.end] < 0 || score > forward[node.end] {
                forward[node.end] = score
                best[node.end] = index
            }
        }
        var place = length
        while place > 0 {
            body(nodes[best[place]].piece)
            place = nodes[best[place]].start
        }
    }

    /// The pieces of the best way and of the second best, in any order; nil where there is but one way.
    func twoBest() -> (best: [Int], second: [Int]?) {
        /// A way to a place: its score, its last node and which way to that node's start it goes on from.
        struct Way {
            var score: Double
            var node: Int
            var rank: Int
        }
        var ways: [[Way]] = Array(repeating: [], count: length + 1)
        ways[0] = [Way(score: 0, node: -1, rank: 0)]
        for (index, node) in nodes.enumerated() {
            for (rank, way) in ways[node.start].enumerated() {
                let new = Way(score: way.score + node.score, node: index, rank: rank)
                let place = ways[node.end].firstIndex { new.score > $0.score } ?? ways[node.end].count
                if place < 2 { ways[node.end].insert(new, at: place) }
                if ways[node.end].count > 2 { ways[node.end].removeLast() }
            }
        }
        func pieces(_ rank: Int) -> [Int] {
            var pieces: [Int] = []
            var (place, rank) = (length, rank)
            while place > 0 {
                let way = ways[place][rank]
                pieces.append(nodes[way.node].piece)
                (place, rank) = (nodes[way.node].start, way.rank)
            }
            return pieces
        }
        return (pieces(0), ways[length].count > 1 ? pieces(1) : nil)
    }
}
