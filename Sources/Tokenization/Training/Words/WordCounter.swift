internal import Dispatch

/// Counts the words of texts, as a tokenizer's normalizer and pre-tokenizer make them, on all cores.
///
/// Texts are taken in portions, so that no more of the corpus is in memory than one portion and its distinct words.
struct WordCounter {
    private let normalizer: (any Normalizer)?
    private let preTokenizer: (any PreTokenizer)?
    /// Each is touched by one thread at a time.
    private var shares: [WordCounts]

    /// A portion ends with the text that makes it this many bytes long.
    private static let portionSize = 4 << 20
    /// The parts that a portion is shared out in: many, for texts differ in length.
    private static let shareCount = 16

    init(normalizer: (any Normalizer)?, preTokenizer: (any PreTokenizer)?) {
        self.normalizer = normalizer
        self.preTokenizer = preTokenizer
        shares = Array(repeating: WordCounts(), count: Self.shareCount)
    }

    /// How many texts have been added.
    private(set) var textCount = 0
    private var portion: [String] = []
    private var size = 0

    /// Counts the words of a text, together with those of others and so perhaps later.
    mutating func add(_ text: String) throws(TokenizerError) {
        portion.append(text)
        textCount += 1
        size += text.utf8.count
        if size >= Self.portionSize { try countPortion() }
    }

    /// The words of all texts.
    mutating func finish() throws(TokenizerError) -> WordCounts {
        try countPortion()
        var counts = shares[0]
        for share in shares.dropFirst() { counts.add(share) }
        return counts
    }

    private mutating func countPortion() throws(TokenizerError) {
        let (texts, normalizer, preTokenizer) = (portion, normalizer, preTokenizer)
        var results = [Result<Void, TokenizerError>](repeating: .success(()), count: Self.shareCount)
        shares.withUnsafeMutableBufferPointer { shares in
            results.withUnsafeMutableBufferPointer { results in
                // Each iteration touches the elements of its own number.
                nonisolated(unsafe) let shares = shares
                nonisolated(unsafe) let results = results
                DispatchQueue.concurrentPerform(iterations: Self.shareCount) { share in
                    let part = texts.count * share / Self.shareCount..<texts.count * (share + 1) / Self.shareCount
                    guard !part.isEmpty else { return }
                    var splitter = TextSplitter(normalizer: normalizer, preTokenizer: preTokenizer)
                    results[share] = Result { () throws(TokenizerError) in
                        for text in texts[part] { try splitter.split(text) { shares[share].add($0) } }
                    }
                }
            }
        }
        for result in results { try result.get() }
        portion.removeAll(keepingCapacity: true)
        size = 0
    }
}

/// Runs texts through normalizer and pre-tokenizer, with working memory that is used again for the next text.
private struct TextSplitter {
    let normalizer: (any Normalizer)?
    let preTokenizer: (any PreTokenizer)?
    private var text = NormalizedText()
    private var words: [Range<Int>] = []

    init(normalizer: (any Normalizer)?, preTokenizer: (any PreTokenizer)?) {
        self.normalizer = normalizer
        self.preTokenizer = preTokenizer
    }

    mutating func split(_ string: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) throws(TokenizerError) {
        guard string.utf8.count < Int(Int32.max) else {
            throw .invalidArgument("a text of \(string.utf8.count) bytes is too long to tokenize; split it")
        }
        var string = string
        string.withUTF8 { text.fill(with: $0, firstScalar: 0, normalizer) }
        try text.checkFailure()
        words.removeAll(keepingCapacity: true)
        // Without a pre-tokenizer an empty text is an empty word, as in Python.
        if preTokenizer == nil || !text.bytes.isEmpty { words.append(0..<text.bytes.count) }
        if let preTokenizer { try preTokenizer.preTokenize(&text, &words) }
        text.bytes.withUnsafeBufferPointer { bytes in
            for word in words { body(UnsafeBufferPointer(rebasing: bytes[word])) }
        }
    }
}
