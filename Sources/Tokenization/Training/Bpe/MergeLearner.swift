/// Learns merges: again and again the most frequent pair of neighbouring tokens becomes a token.
///
/// What decides between equally frequent pairs, and that a pair which comes back through another merge waits in the
/// queue with the words of that merge alone, is as in the Rust tokenizers: the merges are the same.
struct MergeLearner {
    private(set) var tokens: ByteStringTable
    /// The pairs merged, in order. One that was merged twice counts with its last place.
    private(set) var merges: [PairTable.Key] = []

    private let trainer: BpeTrainer
    private var symbols: [Int32]
    private var starts: [Int]
    private var lengths: [Int32]
    private let counts: [Int]
    /// How many characters each token has, prefixes and suffixes not counted.
    private var characters: [Int]
    private let longest: Int
    private var pairs = PairTable()
    private var queue = MergeQueue()
    /// Lists of words: a word's number, and the next element or -1.
    private var lists: [SIMD2<Int32>] = []
    /// The pairs that have a list.
    private var listed: [Int32] = []

    /// More symbols than this would not leave room for their lists.
    static let symbolLimit = Int(Int32.max) / 3

    init(_ trainer: BpeTrainer, _ alphabet: BpeAlphabet, counts: [Int]) throws(TokenizerError) {
        guard alphabet.symbols.count <= Self.symbolLimit else {
            throw .invalidArgument(
                "the distinct words have \(alphabet.symbols.count) characters, more than can be trained on "
                    + "(\(Self.symbolLimit)); train on less text, or split it into shorter words")
        }
        self.trainer = trainer
        self.counts = counts
        tokens = alphabet.tokens
        symbols = alphabet.symbols
        starts = [0] + alphabet.ends.dropLast()
        lengths = zip(starts, alphabet.ends).map { Int32($1 - $0) }
        characters = Array(repeating: 1, count: alphabet.tokens.count)
        longest = trainer.maxTokenLength ?? .max
        countPairs()
    }

    private mutating func countPairs() {
        for word in counts.indices where lengths[word] > 1 {
            let start = starts[word]
            for position in start + 1..<start + Int(lengths[word]) {
                change(symbols[position - 1], symbols[position], by: counts[word], in: word)
            }
        }
        enqueue()
    }

    @inline(__always)
    private mutating func change(_ first: Int32, _ second: Int32, by count: Int, in word: Int) {
        let pair = pairs.index(first, second)
        pairs.counts[pair] += count
        guard count > 0 else { return }
        let list = pairs.lists[pair]
        if list < 0 { listed.append(Int32(truncatingIfNeeded: pair)) }
        if list >= 0, Int(lists[Int(list)].x) == word { return }
        pairs.lists[pair] = Int32(truncatingIfNeeded: lists.count)
        lists.append(SIMD2(Int32(truncatingIfNeeded: word), list))
    }

    /// Puts the pairs that have a list into the queue.
    private mutating func enqueue() {
        for pair in listed {
            let index = Int(pair)
            if pairs.counts[index] > 0 {
                queue.push(
                    .init(
                        count: pairs.counts[index], key: pairs.keys[index], pair: pair, list: pairs.lists[index]))
            }
            pairs.lists[index] = -1
        }
        listed.removeAll(keepingCapacity: true)
    }

    mutating func learn(_ progress: VocabularyProgress?) {
        while tokens.count < trainer.vocabSize, var top = queue.pop() {
            let count = pairs.counts[Int(top.pair)]
            guard count == top.count else {
                top.count = count
                if count > 0 { queue.push(top) }
                continue
            }
            guard count >= trainer.minFrequency else { break }
            merge(top)
            enqueue()
            if merges.count % 256 == 0 { progress?("Compute merges", merges.count, trainer.vocabSize) }
        }
        progress?("Compute merges", trainer.vocabSize, trainer.vocabSize)
    }

    private mutating func merge(_ candidate: MergeQueue.Candidate) {
        let first = Int32(truncatingIfNeeded: candidate.key >> 32)
        let second = Int32(truncatingIfNeeded: candidate.key & 0xFFFF_FFFF)
        merges.append(candidate.key)
        let token = insertToken(first, second)
        let length = characters[Int(first)] + characters[Int(second)]
        var list = candidate.list
        while list >= 0 {
            let element = lists[Int(list)]
            replace(first, second, by: token, length: length, in: Int(element.x))
            list = element.y
        }
    }

    private mutating func insertToken(_ first: Int32, _ second: Int32) -> Int32 {
        var end = tokens.bytes[tokens.range(Int(second))]
        if let prefix = trainer.continuingSubwordPrefix, end.starts(with: prefix.utf8) {
            end = end.dropFirst(prefix.utf8.count)
        }
        let bytes = Array(tokens.bytes[tokens.range(Int(first))] + end)
        let token = bytes.withUnsafeBufferPointer { tokens.insert($0) }
        if token == characters.count { characters.append(characters[Int(first)] + characters[Int(second)]) }
        return Int32(truncatingIfNeeded: token)
    }

    /// Replaces the pair within one word, and counts what neighbours whom now.
    private mutating func replace(_ first: Int32, _ second: Int32, by token: Int32, length: Int, in word: Int) {
        let start = starts[word]
        let end = start + Int(lengths[word])
        let count = counts[word]
        var read = start
        var write = start
        while read < end {
            guard symbols[read] == first, read + 1 < end, symbols[read + 1] == second else {
                symbols[write] = symbols[read]
                write += 1
                read += 1
                continue
            }
            read += 2
            if write > start {
                let before = symbols[write - 1]
                change(before, first, by: -count, in: word)
                if characters[Int(before)] + length < longest { change(before, token, by: count, in: word) }
            }
            if read < end {
                let after = symbols[read]
                change(second, after, by: -count, in: word)
                if characters[Int(after)] + length < longest { change(token, after, by: count, in: word) }
            }
            symbols[write] = token
            write += 1
        }
        lengths[word] = Int32(truncatingIfNeeded: write - start)
    }
}
