/// The beginnings of a corpus's words and parts of words in order, as far as seeds of pieces need it.
///
/// A suffix ends with its word's 0, or after `depth` scalars: what is behind has no influence on seeds.
struct SuffixOrder {
    private let scalars: [UInt32]
    private let depth: Int
    /// Where each suffix begins, in the suffixes' order.
    private(set) var positions: [Int32]

    init(_ corpus: UnigramCorpus, depth: Int) {
        scalars = corpus.scalars
        self.depth = depth
        positions = corpus.scalars.indices.lazy.filter { corpus.scalars[$0] != 0 }.map {
            Int32(truncatingIfNeeded: $0)
        }
        scalars.withUnsafeBufferPointer { scalars in
            positions.withUnsafeMutableBufferPointer { Self.sort($0, scalars, depth) }
        }
    }

    /// Sorts by one scalar after the other: suffixes with less, equal and greater scalars than one of them are set
    /// apart, and equal ones compared by their next scalar.
    private static func sort(
        _ positions: UnsafeMutableBufferPointer<Int32>, _ scalars: UnsafeBufferPointer<UInt32>, _ limit: Int
    ) {
        var pending = [(range: 0..<positions.count, depth: 0)]
        while let (range, depth) = pending.popLast() {
            guard range.count > 1, depth < limit else { continue }
            if range.count < 12 {
                insertionSort(positions, range, scalars, depth, limit)
                continue
            }
            func scalar(_ index: Int) -> UInt32 { scalars[Int(positions[index]) + depth] }
            let (first, middle, last) = (
                scalar(range.lowerBound), scalar(range.lowerBound + range.count / 2), scalar(range.upperBound - 1)
            )
            let pivot = max(min(first, middle), min(max(first, middle), last))
            var (less, index, greater) = (range.lowerBound, range.lowerBound, range.upperBound)
            while index < greater {
                let value = scalar(index)
                if value < pivot {
                    positions.swapAt(less, index)
                    less += 1
                    index += 1
                } else if value > pivot {
                    greater -= 1
                    positions.swapAt(index, greater)
                } else {
                    index += 1
                }
            }
            pending.append((range.lowerBound..<less, depth))
            pending.append((greater..<range.upperBound, depth))
            if pivot != 0 { pending.append((less..<greater, depth + 1)) }
        }
    }

    private static func insertionSort(
        _ positions: UnsafeMutableBufferPointer<Int32>, _ range: Range<Int>, _ scalars: UnsafeBufferPointer<UInt32>,
        _ depth: Int, _ limit: Int
    ) {
        for index in range.dropFirst() {
            let position = positions[index]
            var hole = index
            while hole > range.lowerBound {
                let other = positions[hole - 1]
                let common = commonLength(scalars, Int(position), Int(other), depth, limit)
                let isLess = common < limit && scalars[Int(position) + common] < scalars[Int(other) + common]
                guard isLess else { break }
                positions[hole] = other
                hole -= 1
            }
            positions[hole] = position
        }
    }

    /// How many scalars two suffixes share, of which `known` are known; one that ends its word stops the count. Where
    /// they share the end of a word, it counts as many as there may be.
    @inline(__always)
    private static func commonLength(
        _ scalars: UnsafeBufferPointer<UInt32>, _ left: Int, _ right: Int, _ known: Int, _ limit: Int
    ) -> Int {
        var length = known
        while length < limit, scalars[left + length] == scalars[right + length] {
            if scalars[left + length] == 0 { return limit }
            length += 1
        }
        return length
    }

    /// The parts of words that come at least twice and can't be made longer without losing one of their places, each
    /// with how often it comes: `order` tells the place of its first suffix in the order.
    ///
    /// As in the Rust tokenizers, the end of a word counts as a scalar: a part that always stands at the end could be
    /// made longer by it, and is none of these.
    func forEachRepeated(_ body: (_ order: Int, _ length: Int, _ count: Int) -> Void) {
        scalars.withUnsafeBufferPointer { scalars in
            var open: [(length: Int, order: Int)] = [(0, 0)]
            for index in 1..<max(1, positions.count + 1) {
                let common =
                    index == positions.count
                    ? 0 : Self.commonLength(scalars, Int(positions[index - 1]), Int(positions[index]), 0, depth)
                var order = index - 1
                while let top = open.last, top.length > common {
                    // Of `depth` scalars it is too long, or holds the end of a word.
                    if top.length < depth { body(top.order, top.length, index - top.order) }
                    order = top.order
                    open.removeLast()
                }
                if let top = open.last, top.length < common { open.append((common, order)) }
            }
        }
    }
}
