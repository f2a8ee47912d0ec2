/// The tokens of one text before special tokens are added.
struct TokenSequence: Sendable {
    var ids: [Int32] = []
    /// Start and end of each token in the original text, in scalars.
    var offsets: [SIMD2<Int32>] = []
    /// The number of the word that each token is part of.
    var words: [Int32] = []

    var count: Int { ids.count }

    @inline(__always)
    mutating func append(_ id: Int32, _ offset: SIMD2<Int32>, _ word: Int32) {
        ids.append(id)
        offsets.append(offset)
        words.append(word)
    }

    mutating func removeLast(_ count: Int) {
        ids.removeLast(count)
        offsets.removeLast(count)
        words.removeLast(count)
    }

    mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        words.removeAll(keepingCapacity: true)
    }
}
