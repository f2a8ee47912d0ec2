/// BERT's pipeline.
///
/// Words are cut out of the original text: in ASCII the normalizer does no more than change single characters, and
/// neither whitespace nor punctuation in ASCII has an effect on what stands beside it. A word with anything else in it
/// goes through the pipeline's steps.
final class DirectWordPiece: DirectEncoder {
    private let normalizer: BertNormalizer
    private let preTokenizer: BertPreTokenizer
    private let model: WordPiece
    private let cache = WordCache()
    /// What each byte is.
    private let kinds: UnsafeMutablePointer<Kind.RawValue>
    private var parts: [WordToken] = []
    private var lowercased: [UInt8] = []
    private var text = NormalizedText()
    private var words: [Range<Int>] = []

    private enum Kind: UInt8 {
        case letter
        case space
        case punctuation
        /// Not in ASCII, or changed by the normalizer in a way of its own.
        case other
    }

    init?(_ pipeline: Pipeline) {
        guard let normalizer = pipeline.normalizer as? BertNormalizer, let model = pipeline.model as? WordPiece,
            let preTokenizer = pipeline.preTokenizer as? BertPreTokenizer
        else { return nil }
        self.normalizer = normalizer
        self.preTokenizer = preTokenizer
        self.model = model
        kinds = .allocate(capacity: 256)
        kinds.initialize(repeating: Kind.other.rawValue, count: 256)
        let classes = CharacterClasses.shared
        for byte in 0..<128 {
            let characterClass = classes[UInt32(byte)]
            if characterClass.contains(.punctuation) {
                kinds[byte] = Kind.punctuation.rawValue
            } else if characterClass.contains(.cleanedToSpace) {
                kinds[byte] = Kind.space.rawValue
            } else if !characterClass.contains(.control), !characterClass.contains(.whitespace) {
                kinds[byte] = Kind.letter.rawValue
            }
        }
    }

    deinit { kinds.deallocate() }

    func encode(
        _ piece: UnsafeBufferPointer<UInt8>, firstScalar: Int32, word: inout Int32, into tokens: inout TokenSequence
    ) throws(TokenizerError) {
        guard let bytes = piece.baseAddress else { return }
        let kinds = kinds
        let end = piece.count
        // The scalar of the byte at `position` is `base + position` where it is in ASCII.
        var base = firstScalar
        var position = 0
        while position < end {
            let start = position
            var kind = kinds[Int(bytes[position])]
            while kind == Kind.letter.rawValue {
                position += 1
                guard position < end else { break }
                kind = kinds[Int(bytes[position])]
            }
            if kind == Kind.other.rawValue {
                while position < end, kind == Kind.letter.rawValue || kind == Kind.other.rawValue {
                    position += 1
                    if position < end { kind = kinds[Int(bytes[position])] }
                }
                let scalar = base + Int32(truncatingIfNeeded: start)
                try encodeBySteps(UnsafeBufferPointer(rebasing: piece[start..<position]), scalar, &word, &tokens)
                for index in start..<position where bytes[index] & 0xC0 == 0x80 { base -= 1 }
                continue
            }
            if start < position {
                try append(bytes, start..<position, end, base, word, &tokens)
                word += 1
            }
            guard position < end else { break }
            if kind == Kind.punctuation.rawValue {
                try append(bytes, position..<position + 1, end, base, word, &tokens)
                word += 1
            }
            position += 1
        }
    }

    /// A word in ASCII.
    @inline(__always)
    private func append(
        _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, _ end: Int, _ base: Int32, _ word: Int32,
        _ tokens: inout TokenSequence
    ) throws(TokenizerError) {
        var start = base + Int32(truncatingIfNeeded: range.lowerBound)
        if range.count <= WordKey.limit {
            var key = WordKey(bytes + range.lowerBound, count: range.count, available: end - range.lowerBound)
            if normalizer.lowercase { key.lowercaseASCII() }
            if let packed = cache.find(key) {
                for index in 0..<WordCache.tokenLimit {
                    let token = packed[index]
                    guard token != 0 else { break }
                    let next = start &+ Int32(bitPattern: token & 0xFF)
                    tokens.append(TokenRecord(id: Int32(bitPattern: token >> 8), start: start, end: next, word: word))
                    start = next
                }
                return
            }
            try split(UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count))
            parts.withUnsafeBufferPointer { cache.insert(key, $0) }
        } else {
            try split(UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count))
        }
        for part in parts {
            tokens.append(TokenRecord(id: part.id, start: start, end: start + part.length, word: word))
            start += part.length
        }
    }

    @inline(never)
    private func split(_ word: UnsafeBufferPointer<UInt8>) throws(TokenizerError) {
        guard normalizer.lowercase else { return try model.split(word, into: &parts) }
        lowercased.removeAll(keepingCapacity: true)
        for byte in word {
            lowercased.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
        }
        let result = lowercased.withUnsafeBufferPointer { word in
            Result { () throws(TokenizerError) in try model.split(word, into: &parts) }
        }
        try result.get()
    }

    private func encodeBySteps(
        _ bytes: UnsafeBufferPointer<UInt8>, _ firstScalar: Int32, _ word: inout Int32, _ tokens: inout TokenSequence
    ) throws(TokenizerError) {
        text.removeAll()
        normalizer.normalize(original: bytes, firstScalar: firstScalar, into: &text)
        words.removeAll(keepingCapacity: true)
        preTokenizer.split(text, 0..<text.bytes.count, into: &words)
        for range in words {
            try model.tokenize(text, range, wordIndex: word, into: &tokens)
            word += 1
        }
    }
}
