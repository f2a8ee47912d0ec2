/// The single characters that training starts from, and the words written in them.
struct BpeAlphabet {
    /// The vocabulary so far: special tokens, the characters, and the characters with prefix or suffix.
    private(set) var tokens = ByteStringTable()
    /// The words' tokens, one word behind the other; characters outside the alphabet are left out.
    private(set) var symbols: [Int32] = []
    /// Where each word ends in `symbols`.
    private(set) var ends: [Int] = []

    /// The ids of a character as the first, inner, last and only one of a word; -1 where it has none yet.
    private typealias Forms = SIMD4<Int32>
    private static let last = 1
    private static let inner = 2

    init(_ trainer: BpeTrainer, _ words: WordCounts) {
        for token in trainer.specialTokens { _ = tokens.insert(token.content) }
        for scalar in Self.alphabet(trainer, words) { _ = tokens.insert(Self.text(scalar)) }

        // Which forms of each character there are; their ids follow the characters' order, so that the vocabulary does
        // not depend on the order of the words (in Python it does, and differs from run to run).
        var forms: [UInt32: Forms] = [:]
        for scalar in Self.count(words).keys where tokens.index(Self.text(scalar)) != nil {
            forms[scalar] = Forms(repeating: -1)
        }
        Self.forEachCharacter(words) { scalar, form in forms[scalar]?[form] = 0 }
        for scalar in forms.keys.sorted() {
            for form in 0..<4 where forms[scalar]?[form] == 0 {
                let prefix = form & Self.inner != 0 ? trainer.continuingSubwordPrefix ?? "" : ""
                let suffix = form & Self.last != 0 ? trainer.endOfWordSuffix ?? "" : ""
                forms[scalar]?[form] = Int32(tokens.insert(prefix + Self.text(scalar) + suffix))
            }
        }
        write(words, forms)
    }

    private mutating func write(_ words: WordCounts, _ forms: [UInt32: Forms]) {
        symbols.reserveCapacity(words.words.bytes.count)
        ends.reserveCapacity(words.count)
        var ascii = [Forms](repeating: Forms(repeating: -1), count: 128)
        for (scalar, ids) in forms where scalar < 128 { ascii[Int(scalar)] = ids }
        words.forEach { word, _ in
            Self.forEachCharacter(word) { scalar, form in
                let id = scalar < 128 ? ascii[Int(scalar)][form] : forms[scalar]?[form] ?? -1
                if id >= 0 { symbols.append(id) }
            }
            ends.append(symbols.count)
        }
    }

    /// The characters to start from, in order.
    private static func alphabet(_ trainer: BpeTrainer, _ words: WordCounts) -> [UInt32] {
        var counts = count(words)
        for scalar in trainer.initialAlphabet { counts[scalar.value] = .max }
        guard let limit = trainer.limitAlphabet, counts.count > limit else { return counts.keys.sorted() }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(limit).map(\.key).sorted()
    }

    private static func count(_ words: WordCounts) -> [UInt32: Int] {
        var counts: [UInt32: Int] = [:]
        var ascii = [Int](repeating: 0, count: 128)
        words.forEach { word, times in
            var position = 0
            while position < word.count {
                let scalar = UTF8Scalars.decode(word, &position)
                if scalar < 128 { ascii[Int(scalar)] += times } else { counts[scalar, default: 0] += times }
            }
        }
        for (scalar, count) in ascii.enumerated() where count > 0 { counts[UInt32(scalar)] = count }
        return counts
    }

    private static func text(_ scalar: UInt32) -> String {
        Unicode.Scalar(scalar).map { String(Character($0)) } ?? "\u{FFFD}"
    }

    private static func forEachCharacter(_ words: WordCounts, _ body: (UInt32, Int) -> Void) {
        words.forEach { word, _ in forEachCharacter(word, body) }
    }

    /// The characters of a word, with the number of their form.
    @inline(__always)
    private static func forEachCharacter(_ word: UnsafeBufferPointer<UInt8>, _ body: (UInt32, Int) -> Void) {
        var position = 0
        while position < word.count {
            let isInner = position > 0
            let scalar = UTF8Scalars.decode(word, &position)
            body(scalar, (isInner ? inner : 0) + (position == word.count ? last : 0))
        }
    }
}
