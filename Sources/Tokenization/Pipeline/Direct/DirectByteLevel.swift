/// A pipeline of byte-level BPE.
///
/// The model's symbols are the text's own bytes, so that the text is never rewritten in the byte-level alphabet.
final class DirectByteLevel: DirectEncoder {
    private let model: BPE
    private let normalizer: (any Normalizer)?
    /// The steps before the words are rewritten, but for the scanner.
    private let splitters: [any PreTokenizer]
    /// Splits the words that the steps before left.
    private let pattern: WordPattern?
    private let addPrefixSpace: Bool
    /// The token of each byte.
    private let byteIds: [Int32]
    private let cache = WordCache()
    private let table = PatternClasses.shared.table
    private var symbols: [WordToken] = []
    private var alphabetic: [UInt8] = []
    private var prefixed: [UInt8] = []
    private var text = NormalizedText()
    private var words: [Range<Int>] = []

    init?(_ pipeline: Pipeline) {
        guard let model = pipeline.model as? BPE, let preTokenizer = pipeline.preTokenizer,
            model.settings.continuingSubwordPrefix?.isEmpty ?? true, model.settings.endOfWordSuffix?.isEmpty ?? true,
            model.settings.dropout ?? 0 == 0
        else { return nil }
        var steps = (preTokenizer as? PreTokenizerSequence)?.steps ?? [preTokenizer]
        guard let last = steps.popLast() as? ByteLevelPreTokenizer, steps.allSatisfy(\.keepsText) else { return nil }
        // A space goes before each word that the earlier steps made.
        guard steps.isEmpty || !last.addPrefixSpace else { return nil }
        var byteIds: [Int32] = []
        for scalar in ByteAlphabet.scalars {
            guard let id = Unicode.Scalar(scalar).flatMap({ model.vocabulary.id(String($0)) }) else { return nil }
            byteIds.append(id)
        }
        self.model = model
        self.byteIds = byteIds
        normalizer = pipeline.normalizer
        addPrefixSpace = last.addPrefixSpace
        if last.useRegex {
            pattern = .gpt2
        } else if let pattern = (steps.last as? SplitPreTokenizer)?.wordPattern {
            self.pattern = pattern
            steps.removeLast()
        } else {
            pattern = nil
        }
        splitters = steps
    }

    func encode(
        _ piece: UnsafeBufferPointer<UInt8>, firstScalar: Int32, word: inout Int32, into tokens: inout TokenSequence
    ) throws(TokenizerError) {
        let needsText = !splitters.isEmpty || !(normalizer.map { $0.keepsASCII && Self.isASCII(piece) } ?? true)
        guard needsText else {
            guard addPrefixSpace, piece.first != UInt8(ascii: " ") else {
                return append(piece, 0..<piece.count, Places(first: firstScalar), &word, &tokens)
            }
            // The space has the place of the character that it is put before.
            var prefixed: [UInt8] = []
            swap(&prefixed, &self.prefixed)
            prefixed.removeAll(keepingCapacity: true)
            prefixed.append(UInt8(ascii: " "))
            prefixed.append(contentsOf: piece)
            prefixed.withUnsafeBufferPointer {
                append($0, 0..<$0.count, Places(first: firstScalar, inserted: 1), &word, &tokens)
            }
            swap(&prefixed, &self.prefixed)
            return
        }
        var text = NormalizedText()
        swap(&text, &self.text)
        defer { swap(&text, &self.text) }
        text.fill(with: piece, firstScalar: firstScalar, normalizer)
        try text.checkFailure()
        try encode(&text, &word, &tokens)
    }

    private func encode(
        _ text: inout NormalizedText, _ word: inout Int32, _ tokens: inout TokenSequence
    ) throws(TokenizerError) {
        guard let first = text.bytes.first else { return }
        if addPrefixSpace, first != UInt8(ascii: " ") {
            text.bytes.insert(UInt8(ascii: " "), at: 0)
            text.sources.insert(text.sources[0], at: 0)
        }
        words.removeAll(keepingCapacity: true)
        words.append(0..<text.bytes.count)
        for step in splitters { try step.preTokenize(&text, &words) }
        text.bytes.withUnsafeBufferPointer { bytes in
            text.sources.withUnsafeBufferPointer { sources in
                let places = Places(sources: sources)
                for range in words { append(bytes, range, places, &word, &tokens) }
            }
        }
    }

    private static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var union: UInt8 = 0
        for byte in bytes { union |= byte }
        return union < 0x80
    }

    /// Appends the tokens of the words that the pattern finds in `range`.
    private func append(
        _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ places: consuming Places, _ word: inout Int32,
        _ tokens: inout TokenSequence
    ) {
        guard let bytes = text.baseAddress else { return }
        var places = places
        var start = range.lowerBound
        while start < range.upperBound {
            let end = pattern?.wordEnd(bytes, start, range.upperBound, table) ?? range.upperBound
            appendWord(bytes, start, end, text.count, &places, word, &tokens)
            word += 1
            start = end
        }
    }

    @inline(__always)
    private func appendWord(
        _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ limit: Int, _ places: inout Places, _ word: Int32,
        _ tokens: inout TokenSequence
    ) {
        let count = end - start
        if count <= WordKey.limit {
            let key = WordKey(bytes + start, count: count, available: limit - start)
            if let packed = cache.find(key) {
                var position = start
                let isDirect = key.isASCII && places.isCounted
                for index in 0..<WordCache.tokenLimit {
                    let token = packed[index]
                    guard token != 0 else { break }
                    let next = position &+ Int(token & 0xFF)
                    let place =
                        isDirect ? places.ofASCII(position, next) : places.of(bytes, position, next)
                    tokens.append(
                        TokenRecord(id: Int32(bitPattern: token >> 8), start: place.x, end: place.y, word: word))
                    position = next
                }
                return
            }
            merge(UnsafeBufferPointer(start: bytes + start, count: count))
            symbols.withUnsafeBufferPointer { cache.insert(key, $0) }
        } else {
            merge(UnsafeBufferPointer(start: bytes + start, count: count))
        }
        var position = start
        for symbol in symbols {
            let next = position + Int(symbol.length)
            let place = places.of(bytes, position, next)
            tokens.append(TokenRecord(id: symbol.id, start: place.x, end: place.y, word: word))
            position = next
        }
    }

    /// Makes `symbols` the tokens of a word.
    @inline(never)
    private func merge(_ word: UnsafeBufferPointer<UInt8>) {
        symbols.removeAll(keepingCapacity: true)
        if model.settings.ignoreMerges {
            alphabetic.removeAll(keepingCapacity: true)
            for byte in word {
                UTF8Scalars.forEachByte(of: ByteAlphabet.scalars[Int(byte)]) { alphabetic.append($0) }
            }
            if let id = model.vocabulary.trie.value(alphabetic) {
                return symbols.append(WordToken(id: id, length: Int32(word.count)))
            }
        }
        for byte in word { symbols.append(WordToken(id: byteIds[Int(byte)], length: 1)) }
        let count = symbols.withUnsafeMutableBufferPointer { model.merges.mergeAll($0) }
        symbols.removeLast(symbols.count - count)
    }
}

/// Where the bytes of a text come from in the original, in scalars.
private struct Places {
    /// By byte; nil where every byte but those inserted is the original's.
    let sources: UnsafeBufferPointer<Int32>?
    /// The number of the first scalar.
    let first: Int32
    /// The scalar of an ASCII byte at `position` is `base + position`.
    private var base: Int32

    var isCounted: Bool { sources == nil }

    init(sources: UnsafeBufferPointer<Int32>) {
        self.sources = sources
        first = 0
        base = 0
    }

    /// - Parameter inserted: how many bytes at the start are not the original's.
    init(first: Int32, inserted: Int32 = 0) {
        sources = nil
        self.first = first
        base = first - inserted
    }

    /// Start and end of a token in ASCII.
    @inline(__always)
    func ofASCII(_ start: Int, _ end: Int) -> SIMD2<Int32> {
        // An inserted space has the place of the first scalar.
        SIMD2(
            max(base &+ Int32(truncatingIfNeeded: start), first),
            max(base &+ Int32(truncatingIfNeeded: end), first &+ 1))
    }

    /// Start and end of any token; tokens must be asked for in order.
    @inline(__always)
    mutating func of(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> SIMD2<Int32> {
        if let sources {
            let last = sources[end - 1]
            return SIMD2(sources[start] < 0 ? ~sources[start] : sources[start], last < 0 ? ~last : last + 1)
        }
        // `base` counts the bytes before `start` that continue a scalar; one that begins the token belongs to it as well.
        var place = SIMD2(base + Int32(truncatingIfNeeded: start), 0)
        if bytes[start] & 0xC0 == 0x80 { place.x -= 1 }
        for index in start..<end where bytes[index] & 0xC0 == 0x80 { base -= 1 }
        place.y = base + Int32(truncatingIfNeeded: end)
        return SIMD2(max(place.x, first), max(place.y, first + 1))
    }
}
