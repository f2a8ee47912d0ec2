/// The distinct words of a corpus, and how often each comes.
///
/// This is all that a trainer sees of the corpus: memory follows the number of distinct words.
public struct WordCounts: Sendable {
    private(set) var words = ByteStringTable()
    private(set) var counts: [Int] = []

    public init() {}

    /// How many distinct words there are.
    public var count: Int { counts.count }

    /// Counts a word once more.
    public mutating func add(_ word: String) {
        var word = word
        word.withUTF8 { add($0) }
    }

    @inline(__always)
    mutating func add(_ word: UnsafeBufferPointer<UInt8>, times: Int = 1) {
        let index = words.insert(word)
        if index == counts.count { counts.append(0) }
        counts[index] += times
    }

    mutating func add(_ other: WordCounts) {
        other.forEach { word, count in add(word, times: count) }
    }

    /// The words in the order in which they first came, as UTF-8.
    @inline(__always)
    func forEach(_ body: (_ word: UnsafeBufferPointer<UInt8>, _ count: Int) -> Void) {
        words.bytes.withUnsafeBufferPointer { bytes in
            for index in counts.indices {
                body(UnsafeBufferPointer(rebasing: bytes[words.range(index)]), counts[index])
            }
        }
    }

    /// The same words in the order of their bytes: threads find them in an order that changes from run to run.
    func sorted() -> WordCounts {
        var sorted = WordCounts()
        words.bytes.withUnsafeBufferPointer { bytes in
            let order = counts.indices.sorted { left, right in
                bytes[words.range(left)].lexicographicallyPrecedes(bytes[words.range(right)])
            }
            for index in order {
                sorted.add(UnsafeBufferPointer(rebasing: bytes[words.range(index)]), times: counts[index])
            }
        }
        return sorted
    }
}
