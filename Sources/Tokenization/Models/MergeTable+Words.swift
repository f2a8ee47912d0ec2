extension MergeTable {
    /// Words of up to this many symbols are merged by looking through all pairs each time.
    private static let shortWord = 48

    /// Merges neighbours until none merge any more, always the pair with the lowest rank, of equal ones the first.
    /// - Returns: how many of `symbols` are left, at its start.
    func mergeAll(_ symbols: UnsafeMutableBufferPointer<WordToken>) -> Int {
        if symbols.count < 2 { return symbols.count }
        return symbols.count <= Self.shortWord ? mergeShort(symbols) : mergeLong(symbols)
    }

    private func mergeShort(_ symbols: UnsafeMutableBufferPointer<WordToken>) -> Int {
        withUnsafeTemporaryAllocation(of: Merge.self, capacity: symbols.count) { merges in
            var count = symbols.count
            for index in 0..<count - 1 { merges[index] = find(symbols[index].id, symbols[index + 1].id) }
            while count > 1 {
                var best = 0
                var lowest = merges[0].rank
                for index in 1..<count - 1 where merges[index].rank < lowest {
                    best = index
                    lowest = merges[index].rank
                }
                guard lowest != .max else { break }
                symbols[best].id = merges[best].id
                symbols[best].length += symbols[best + 1].length
                count -= 1
                for index in best + 1..<count { symbols[index] = symbols[index + 1] }
                // The last symbol begins no pair.
                if best + 1 < count - 1 { for index in best + 1..<count - 1 { merges[index] = merges[index + 1] } }
                if best > 0 { merges[best - 1] = find(symbols[best - 1].id, symbols[best].id) }
                if best + 1 < count { merges[best] = find(symbols[best].id, symbols[best + 1].id) }
            }
            return count
        }
    }

    /// The same for any length, in time n log n: a list of symbols, and a heap of the pairs that merge.
    private func mergeLong(_ symbols: UnsafeMutableBufferPointer<WordToken>) -> Int {
        let count = symbols.count
        var previous = Array(Int32(-1)..<Int32(count - 1))
        var next = Array(Int32(1)..<Int32(count + 1))
        next[count - 1] = -1
        var heap = MergeHeap()
        func push(_ left: Int, _ right: Int) {
            let merge = find(symbols[left].id, symbols[right].id)
            if merge.rank != .max { heap.push(MergeHeap.Entry(rank: merge.rank, position: UInt32(left), id: merge.id)) }
        }
        for index in 0..<count - 1 { push(index, index + 1) }
        while let top = heap.pop() {
            let position = Int(top.position)
            // An empty symbol has been merged away; a pair that changed since has another entry.
            guard symbols[position].length > 0, next[position] >= 0 else { continue }
            let right = Int(next[position])
            guard find(symbols[position].id, symbols[right].id).id == top.id else { continue }
            symbols[position].id = top.id
            symbols[position].length += symbols[right].length
            symbols[right].length = 0
            next[position] = next[right]
            if next[right] >= 0 { previous[Int(next[right])] = Int32(position) }
            if previous[position] >= 0 { push(Int(previous[position]), position) }
            if next[position] >= 0 { push(position, Int(next[position])) }
        }
        var kept = 0
        for index in 0..<count where symbols[index].length > 0 {
            symbols[kept] = symbols[index]
            kept += 1
        }
        return kept
    }
}

/// Pairs that merge, the lowest rank and then the first position at the top.
private struct MergeHeap {
    struct Entry: BitwiseCopyable {
        let rank: UInt32
        let position: UInt32
        let id: Int32

        var order: UInt64 { UInt64(rank) << 32 | UInt64(position) }
    }

    private var entries: [Entry] = []

    mutating func push(_ entry: Entry) {
        entries.append(entry)
        var index = entries.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard entry.order < entries[parent].order else { break }
            entries[index] = entries[parent]
            index = parent
        }
        entries[index] = entry
    }

    mutating func pop() -> Entry? {
        guard let top = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return top }
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, entries[child + 1].order < entries[child].order { child += 1 }
            guard entries[child].order < last.order else { break }
            entries[index] = entries[child]
            index = child
        }
        entries[index] = last
        return top
    }
}
