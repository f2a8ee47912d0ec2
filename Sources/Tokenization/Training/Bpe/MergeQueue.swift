/// Candidates for a merge, the most frequent pair first, of equally frequent ones that with the smaller ids.
struct MergeQueue {
    struct Candidate {
        var count: Int
        let key: PairTable.Key
        /// The pair's number.
        let pair: Int32
        /// Where to look for the pair: the head of a list of words.
        let list: Int32

        @inline(__always)
        func precedes(_ other: Candidate) -> Bool {
            count != other.count ? count > other.count : key < other.key
        }
    }

    /// A heap of four children a node.
    private var heap: [Candidate] = []

    @inline(__always)
    mutating func push(_ candidate: Candidate) {
        heap.append(candidate)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 4
            guard candidate.precedes(heap[parent]) else { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = candidate
    }

    mutating func pop() -> Candidate? {
        guard let last = heap.popLast() else { return nil }
        guard let top = heap.first else { return last }
        var parent = 0
        while true {
            let first = parent * 4 + 1
            guard first < heap.count else { break }
            var best = first
            for child in first + 1..<max(first + 1, min(first + 4, heap.count))
            where heap[child].precedes(heap[best]) {
                best = child
            }
            guard heap[best].precedes(last) else { break }
            heap[parent] = heap[best]
            parent = best
        }
        heap[parent] = last
        return top
    }
}
