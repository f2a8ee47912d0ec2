/// The pipeline of T5, ALBERT and XLM-RoBERTa: words are separated by whitespace, and each begins with a mark.
///
/// Words in ASCII are cut out of the original text, where the normalizer does no more than change single characters.
/// What has anything else in it goes through the pipeline's steps, together with the whitespace before it.
final class DirectUnigram: DirectEncoder {
    private let normalizer: (any Normalizer)?
    private let preTokenizer: any PreTokenizer
    private let model: Unigram
    private let mark: [UInt8]
    private let lowercases: Bool
    private let cache = WordCache()
    /// What each byte is.
    private let kinds: UnsafeMutablePointer<Kind.RawValue>
    private var parts: [WordToken] = []
    private var marked: [UInt8] = []
    private var text = NormalizedText()
    private var words: [Range<Int>] = []
    /// The length of a token that is the mark alone; it has the place of the character behind it.
    private static let markAlone: Int32 = 0x80

    private enum Kind: UInt8 {
        case letter
        /// A letter that is changed together with another.
        case paired
        case space
        /// Not in ASCII, or changed by the normalizer in a way of its own.
        case other
    }

    init?(_ pipeline: Pipeline) {
        guard let model = pipeline.model as? Unigram, let sequence = pipeline.preTokenizer as? PreTokenizerSequence,
            sequence.steps.count == 2, let splitter = sequence.steps[0] as? CharacterPreTokenizer,
            splitter.kind == .whitespaceSplit, let metaspace = sequence.steps[1] as? Metaspace,
            metaspace.prependScheme == .always, metaspace.splits, !metaspace.replacement.isASCII,
            let rules = pipeline.normalizer.map({ $0.asciiRules }) ?? ASCIIRules()
        else { return nil }
        normalizer = pipeline.normalizer
        preTokenizer = sequence
        self.model = model
        mark = Array(String(Character(metaspace.replacement)).utf8)
        lowercases = rules.mapping[Int(UInt8(ascii: "A"))] == UInt8(ascii: "a")
        kinds = .allocate(capacity: 256)
        kinds.initialize(repeating: Kind.other.rawValue, count: 256)
        let classes = CharacterClasses.shared
        for byte in 0..<128 {
            let mapped = rules.mapping[byte]
            guard mapped != ASCIIRules.other else { continue }
            if classes[UInt32(mapped)].contains(.whitespace) {
                kinds[byte] = Kind.space.rawValue
            } else if mapped == Self.letter(UInt8(byte), lowercases) {
                kinds[byte] = (rules.paired.contains(UInt8(byte)) ? Kind.paired : .letter).rawValue
            }
        }
        // A carriage return makes one grapheme with a newline.
        kinds[0x0D] = Kind.other.rawValue
    }

    deinit { kinds.deallocate() }

    private static func letter(_ byte: UInt8, _ lowercases: Bool) -> UInt8 {
        lowercases && (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    func encode(
        _ piece: UnsafeBufferPointer<UInt8>, firstScalar: Int32, word: inout Int32, into tokens: inout TokenSequence
    ) throws(TokenizerError) {
        guard let bytes = piece.baseAddress else { return }
        let end = piece.count
        // The scalar of the byte at `position` is `base + position` where it is in ASCII.
        var base = firstScalar
        var position = 0
        if kinds[Int(bytes[0])] == Kind.other.rawValue {
            position = try encodeHardStart(piece, firstScalar, &word, &tokens)
            for index in 0..<position where bytes[index] & 0xC0 == 0x80 { base -= 1 }
        }
        while position < end {
            let start = position
            while position < end, kinds[Int(bytes[position])] == Kind.letter.rawValue { position += 1 }
            let kind = position < end ? kinds[Int(bytes[position])] : Kind.space.rawValue
            if kind != Kind.space.rawValue {
                position = hardEnd(bytes, start, end)
                if position == start {
                    position = pairedEnd(bytes, start, end)
                    try append(bytes, start..<position, end, base, &word, &tokens)
                    continue
                }
                // The space before it may be one character with what follows.
                let first = start > 0 ? start - 1 : start
                let part = UnsafeBufferPointer(rebasing: piece[first..<position])
                try encodeBySteps(part, base + Int32(truncatingIfNeeded: first), &word, &tokens)
                for index in start..<position where bytes[index] & 0xC0 == 0x80 { base -= 1 }
                continue
            }
            if start < position { try append(bytes, start..<position, end, base, &word, &tokens) }
            position += 1
        }
    }

    /// The words up to a space, or all where what is removed at the very beginning moves the places of what follows;
    /// returns how far it came.
    private func encodeHardStart(
        _ piece: UnsafeBufferPointer<UInt8>, _ firstScalar: Int32, _ word: inout Int32, _ tokens: inout TokenSequence
    ) throws(TokenizerError) -> Int {
        let space = piece.firstIndex { kinds[Int($0)] == Kind.space.rawValue } ?? piece.count - 1
        var place = firstScalar - 1
        for byte in piece[...space] where byte & 0xC0 != 0x80 { place += 1 }
        text.fill(with: UnsafeBufferPointer(rebasing: piece[...space]), firstScalar: firstScalar, normalizer)
        if text.sources.last == place {
            try encodeNormalized(&word, &tokens)
            return space + 1
        }
        try encodeBySteps(piece, firstScalar, &word, &tokens)
        return piece.count
    }

    /// The end of the word from `start` on; `start` itself where it is in ASCII and its paired letters stand alone.
    @inline(never)
    private func hardEnd(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        var isHard = false
        var position = start
        var last = Kind.letter.rawValue
        while position < end {
            let kind = kinds[Int(bytes[position])]
            if kind == Kind.space.rawValue { break }
            isHard = isHard || kind == Kind.other.rawValue || kind == Kind.paired.rawValue && last == kind
            last = kind
            position += 1
        }
        return isHard ? position : start
    }

    private func pairedEnd(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        var position = start
        while position < end, kinds[Int(bytes[position])] != Kind.space.rawValue { position += 1 }
        return position
    }

    /// A word in ASCII.
    @inline(__always)
    private func append(
        _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, _ end: Int, _ base: Int32, _ word: inout Int32,
        _ tokens: inout TokenSequence
    ) throws(TokenizerError) {
        let first = base + Int32(truncatingIfNeeded: range.lowerBound)
        let original = UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count)
        if range.count <= WordKey.limit {
            var key = WordKey(bytes + range.lowerBound, count: range.count, available: end - range.lowerBound)
            if lowercases { key.lowercaseASCII() }
            if let packed = cache.find(key) {
                var start = first
                for index in 0..<WordCache.tokenLimit {
                    let token = packed[index]
                    guard token != 0 else { break }
                    emit(Int32(bitPattern: token >> 8), Int32(bitPattern: token & 0xFF), &start, word, &tokens)
                }
                word += 1
                return
            }
            guard try split(original) else { return try encodeBySteps(original, first, &word, &tokens) }
            parts.withUnsafeBufferPointer { cache.insert(key, $0) }
        } else if try !split(original) {
            return try encodeBySteps(original, first, &word, &tokens)
        }
        var start = first
        for part in parts { emit(part.id, part.length, &start, word, &tokens) }
        word += 1
    }

    @inline(__always)
    private func emit(
        _ id: Int32, _ length: Int32, _ start: inout Int32, _ word: Int32, _ tokens: inout TokenSequence
    ) {
        let isMark = length == Self.markAlone
        let end = start &+ (isMark ? 1 : length)
        tokens.append(TokenRecord(id: id, start: start, end: end, word: word))
        if !isMark { start = end }
    }

    /// The tokens of a word behind its mark, with their lengths in the original; false where some of it is unknown.
    @inline(never)
    private func split(_ word: UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> Bool {
        marked.removeAll(keepingCapacity: true)
        marked.append(contentsOf: mark)
        for byte in word { marked.append(Self.letter(byte, lowercases)) }
        let result = marked.withUnsafeBufferPointer { marked in
            Result { () throws(TokenizerError) in try model.split(marked, into: &parts) }
        }
        guard try result.get(), let first = parts.first else { return false }
        let markLength = Int32(truncatingIfNeeded: mark.count)
        parts[0].length = first.length == markLength ? Self.markAlone : first.length - markLength
        // Lengths that would be taken for the mark alone are left to the steps.
        return parts[0].length > 0 && parts[0].length <= Self.markAlone
            && (first.length == markLength || parts[0].length < Self.markAlone)
            && !parts.dropFirst().contains { $0.length == Self.markAlone }
    }

    private func encodeBySteps(
        _ bytes: UnsafeBufferPointer<UInt8>, _ firstScalar: Int32, _ word: inout Int32, _ tokens: inout TokenSequence
    ) throws(TokenizerError) {
        text.fill(with: bytes, firstScalar: firstScalar, normalizer)
        try encodeNormalized(&word, &tokens)
    }

    private func encodeNormalized(_ word: inout Int32, _ tokens: inout TokenSequence) throws(TokenizerError) {
        try text.checkFailure()
        guard !text.bytes.isEmpty else { return }
        words.removeAll(keepingCapacity: true)
        words.append(0..<text.bytes.count)
        try preTokenizer.preTokenize(&text, &words)
        for range in words {
            try model.tokenize(text, range, wordIndex: word, into: &tokens)
            word += 1
        }
    }
}
