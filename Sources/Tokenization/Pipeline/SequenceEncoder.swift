/// Runs a text through the pipeline up to its tokens, with working memory that is used again for the next text.
struct SequenceEncoder {
    private let normalizer: (any Normalizer)?
    private let preTokenizer: (any PreTokenizer)?
    private let model: any TokenizationModel
    private let originalMatcher: AddedTokenMatcher
    private let normalizedMatcher: AddedTokenMatcher
    private let direct: (any DirectEncoder)?
    private var text = NormalizedText()
    private var words: [Range<Int>] = []

    init(_ matchers: AddedTokenMatchers, _ pipeline: Pipeline) {
        normalizer = pipeline.normalizer
        preTokenizer = pipeline.preTokenizer
        model = pipeline.model
        originalMatcher = matchers.original
        normalizedMatcher = matchers.normalized
        direct = pipeline.makeDirectEncoder()
    }

    /// Replaces `tokens` by those of `string`.
    mutating func encode(_ string: String, into tokens: inout TokenSequence) throws(TokenizerError) {
        tokens.removeAll()
        var string = string
        let result = string.withUTF8 { bytes in
            Result { () throws(TokenizerError) in try encode(bytes, &tokens) }
        }
        try result.get()
    }

    private mutating func encode(
        _ bytes: UnsafeBufferPointer<UInt8>, _ tokens: inout TokenSequence
    ) throws(TokenizerError) {
        guard bytes.count < Int(Int32.max) else {
            throw .invalidArgument("a text of \(bytes.count) bytes is too long to tokenize; split it")
        }
        var word: Int32 = 0
        var position = 0
        var scalar: Int32 = 0
        for match in originalMatcher.matches(in: bytes) {
            try encodePiece(bytes, position..<match.range.lowerBound, &scalar, &word, &tokens)
            let start = scalar
            scalar += Self.scalarCount(bytes, match.range)
            tokens.append(match, in: bytes, SIMD2(start, scalar), word)
            word += 1
            position = match.range.upperBound
        }
        try encodePiece(bytes, position..<bytes.count, &scalar, &word, &tokens)
    }

    private static func scalarCount(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int32 {
        var count: Int32 = 0
        for index in range where bytes[index] & 0xC0 != 0x80 { count += 1 }
        return count
    }

    /// A piece of the original text between added tokens; `scalar` and `word` move behind it.
    private mutating func encodePiece(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ scalar: inout Int32, _ word: inout Int32,
        _ tokens: inout TokenSequence
    ) throws(TokenizerError) {
        guard !range.isEmpty else { return }
        let piece = UnsafeBufferPointer(rebasing: bytes[range])
        if let direct, normalizedMatcher.isEmpty || normalizer == nil {
            try encodeDirectly(piece, direct, scalar, &word, &tokens)
            if range.upperBound < bytes.count { scalar += Self.scalarCount(bytes, range) }
            return
        }
        var text = NormalizedText()
        swap(&text, &self.text)
        defer { swap(&text, &self.text) }
        text.fill(with: piece, firstScalar: scalar, normalizer)
        try text.checkFailure()
        if range.upperBound < bytes.count { scalar += Self.scalarCount(bytes, range) }

        guard !normalizedMatcher.isEmpty else { return try encodeWords(&text, &word, &tokens) }
        let matches = text.bytes.withUnsafeBufferPointer { normalizedMatcher.matches(in: $0) }
        guard !matches.isEmpty else { return try encodeWords(&text, &word, &tokens) }
        var position = 0
        for match in matches {
            var before = text.slice(position..<match.range.lowerBound)
            try encodeWords(&before, &word, &tokens)
            text.bytes.withUnsafeBufferPointer { tokens.append(match, in: $0, text.originalRange(match.range), word) }
            word += 1
            position = match.range.upperBound
        }
        var rest = text.slice(position..<text.bytes.count)
        try encodeWords(&rest, &word, &tokens)
    }

    /// A piece that is looked through for the other added tokens as it is.
    private func encodeDirectly(
        _ piece: UnsafeBufferPointer<UInt8>, _ direct: any DirectEncoder, _ firstScalar: Int32, _ word: inout Int32,
        _ tokens: inout TokenSequence
    ) throws(TokenizerError) {
        var scalar = firstScalar
        var position = 0
        func encodePart(_ end: Int) throws(TokenizerError) {
            guard position < end else { return }
            let part = UnsafeBufferPointer(rebasing: piece[position..<end])
            try direct.encode(part, firstScalar: scalar, word: &word, into: &tokens)
        }
        if !normalizedMatcher.isEmpty {
            for match in normalizedMatcher.matches(in: piece) {
                try encodePart(match.range.lowerBound)
                let start = scalar + Self.scalarCount(piece, position..<match.range.lowerBound)
                scalar = start + Self.scalarCount(piece, match.range)
                tokens.append(match, in: piece, SIMD2(start, scalar), word)
                word += 1
                position = match.range.upperBound
            }
        }
        try encodePart(piece.count)
    }

    /// Text in which there is no added token.
    private mutating func encodeWords(
        _ text: inout NormalizedText, _ word: inout Int32, _ tokens: inout TokenSequence
    ) throws(TokenizerError) {
        guard !text.bytes.isEmpty else { return }
        words.removeAll(keepingCapacity: true)
        words.append(0..<text.bytes.count)
        if let preTokenizer { try preTokenizer.preTokenize(&text, &words) }
        for range in words {
            try model.tokenize(text, range, wordIndex: word, into: &tokens)
            word += 1
        }
    }
}

/// The two places where added tokens are looked for.
struct AddedTokenMatchers: Sendable {
    let original: AddedTokenMatcher
    let normalized: AddedTokenMatcher

    init(_ pipeline: Pipeline) {
        original = AddedTokenMatcher(
            pipeline.addedTokens.filter { !$0.normalized }.map { (Array($0.content.utf8), $0) })
        normalized = AddedTokenMatcher(
            pipeline.addedTokens.filter(\.normalized).map { token in
                var text = NormalizedText()
                var content = token.content
                content.withUTF8 { bytes in
                    text.append(original: bytes, firstScalar: 0)
                }
                pipeline.normalizer?.normalize(&text)
                return (text.bytes, token)
            })
    }
}
