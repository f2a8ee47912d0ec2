internal import OrderedJSON

/// Byte-pair encoding: a word's characters merge, two neighbours at a time, in the order in which the merges were learnt.
struct BPE: TokenizationModel {
    let vocabulary: Vocabulary
    let merges: MergeTable
    let settings: Settings
    let unknownId: Int32?
    /// The tokens `<0x00>` to `<0xFF>` that stand for bytes of unknown characters; -1 where there is none.
    private let byteTokens: [Int32]

    /// The members of `tokenizer.json` beside the vocabulary and the merges.
    struct Settings: Sendable, Equatable {
        var dropout: Double?
        var unkToken: String?
        var continuingSubwordPrefix: String?
        var endOfWordSuffix: String?
        /// Whether unknown characters in a row are one unknown token.
        var fuseUnk = false
        /// Whether an unknown character is written as its bytes' tokens.
        var byteFallback = false
        /// Whether a word that is a token itself stays whole, whatever the merges would make of it.
        var ignoreMerges = false
    }

    init(vocabulary: Vocabulary, merges: MergeTable, settings: Settings) {
        self.vocabulary = vocabulary
        self.merges = merges
        self.settings = settings
        unknownId = settings.unkToken.flatMap(vocabulary.id)
        byteTokens = (0..<256).map { (byte: Int) in
            let digits = String(byte, radix: 16, uppercase: true)
            return vocabulary.id("<0x" + (digits.count < 2 ? "0" : "") + digits + ">") ?? -1
        }
    }

    func tokenize(
        _ text: NormalizedText, _ word: Range<Int>, wordIndex: Int32, into tokens: inout TokenSequence
    ) throws(TokenizerError) {
        try checkDropout()
        let result = text.bytes.withUnsafeBufferPointer { bytes in
            Result { () throws(TokenizerError) in
                let word = UnsafeBufferPointer(rebasing: bytes[word])
                if settings.ignoreMerges, let id = vocabulary.trie.value(word) {
                    return [WordToken(id: id, length: Int32(word.count))]
                }
                return try merged(word)
            }
        }
        var position = word.lowerBound
        for token in try result.get() {
            // Characters without any token leave their places to those behind them, as in the Rust tokenizers.
            let end = min(position + Int(token.length), word.upperBound)
            tokens.append(token.id, text.originalRange(position..<end), wordIndex)
            position = end
        }
    }

    /// - Throws: `TokenizerError.invalidArgument` where dropout would make the tokens random.
    func checkDropout() throws(TokenizerError) {
        guard let dropout = settings.dropout, dropout > 0 else { return }
        throw .invalidArgument(
            "the tokenizer's BPE model has dropout \(dropout), which is not supported; set model.dropout to null in "
                + "tokenizer.json")
    }

    /// The tokens of a word, with the bytes that each takes.
    private func merged(_ word: UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> [WordToken] {
        var symbols = try self.symbols(word)
        let count = symbols.withUnsafeMutableBufferPointer { merges.mergeAll($0) }
        symbols.removeLast(symbols.count - count)
        return symbols
    }

    /// The tokens of a word's characters, before anything merges.
    private func symbols(_ word: UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> [WordToken] {
        var symbols: [WordToken] = []
        symbols.reserveCapacity(word.count)
        var unknown: WordToken?
        var position = 0
        let hasPrefix = settings.continuingSubwordPrefix?.isEmpty == false
        let hasSuffix = settings.endOfWordSuffix?.isEmpty == false
        while position < word.count {
            let start = position
            _ = UTF8Scalars.decode(word, &position)
            let length = Int32(position - start)
            let character = word[start..<position]
            let id: Int32?
            var affixed: [UInt8] = []
            let isPlain = (start == 0 || !hasPrefix) && (position < word.count || !hasSuffix)
            if isPlain {
                id = vocabulary.trie.value(character)
            } else {
                if start > 0, let prefix = settings.continuingSubwordPrefix { affixed += prefix.utf8 }
                affixed += character
                if position == word.count, let suffix = settings.endOfWordSuffix { affixed += suffix.utf8 }
                id = vocabulary.trie.value(affixed)
            }
            if let id {
                if let pending = unknown { symbols.append(pending) }
                unknown = nil
                symbols.append(WordToken(id: id, length: length))
                continue
            }
            let bytes = isPlain ? Array(character) : affixed
            if settings.byteFallback, bytes.allSatisfy({ byteTokens[Int($0)] >= 0 }) {
                for byte in bytes { symbols.append(WordToken(id: byteTokens[Int(byte)], length: 1)) }
                continue
            }
            guard let unkToken = settings.unkToken else { continue }
            guard let unknownId else { throw .missingUnknownToken(unkToken) }
            if settings.fuseUnk, let pending = unknown {
                unknown = WordToken(id: pending.id, length: pending.length + length)
            } else {
                if let pending = unknown { symbols.append(pending) }
                unknown = WordToken(id: unknownId, length: length)
            }
        }
        if let pending = unknown { symbols.append(pending) }
        return symbols
    }
}
