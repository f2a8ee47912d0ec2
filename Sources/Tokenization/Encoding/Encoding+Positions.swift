extension Encoding {
    /// The text that a token is part of, 0 or 1; nil for tokens that the tokenizer added, and beyond the end.
    public func tokenToSequence(_ token: Int) -> Int? {
        guard records.indices.contains(token), records[token].sequence >= 0 else { return nil }
        return Int(records[token].sequence)
    }

    /// The word that a token is part of; nil for tokens that the tokenizer added, and beyond the end.
    public func tokenToWord(_ token: Int) -> Int? {
        guard records.indices.contains(token), records[token].word >= 0 else { return nil }
        return Int(records[token].word)
    }

    /// The part of its text that a token comes from, in Unicode scalars; nil for tokens that the tokenizer added, and
    /// beyond the end.
    public func tokenToChars(_ token: Int) -> Range<Int>? {
        guard tokenToSequence(token) != nil else { return nil }
        return Int(records[token].start)..<Int(records[token].end)
    }

    /// The tokens of a word; nil where it has none.
    /// - Parameters:
    ///   - word: the word's number.
    ///   - sequenceIndex: 0 for the first text, 1 for the second.
    public func wordToTokens(_ word: Int, sequenceIndex: Int = 0) -> Range<Int>? {
        func isPart(_ record: TokenRecord) -> Bool {
            Int(record.sequence) == sequenceIndex && Int(record.word) == word && word >= 0
        }
        guard let first = records.firstIndex(where: isPart), let last = records.lastIndex(where: isPart) else {
            return nil
        }
        return first..<last + 1
    }

    /// The part of its text that a word's tokens come from, in Unicode scalars; nil where it has none.
    public func wordToChars(_ word: Int, sequenceIndex: Int = 0) -> Range<Int>? {
        guard let tokens = wordToTokens(word, sequenceIndex: sequenceIndex) else { return nil }
        let (start, end) = (Int(records[tokens.lowerBound].start), Int(records[tokens.upperBound - 1].end))
        return start..<max(start, end)
    }

    /// The first token that a character, counted in Unicode scalars, is part of; nil for one that is part of none, such
    /// as whitespace.
    public func charToToken(_ char: Int, sequenceIndex: Int = 0) -> Int? {
        records.firstIndex {
            Int($0.sequence) == sequenceIndex && char >= Int($0.start) && char < Int($0.end)
        }
    }

    /// The word that a character, counted in Unicode scalars, is part of; nil for one that is part of none.
    public func charToWord(_ char: Int, sequenceIndex: Int = 0) -> Int? {
        charToToken(char, sequenceIndex: sequenceIndex).flatMap(tokenToWord)
    }

    /// The offsets in bytes of UTF-8, for the texts that were encoded.
    ///
    /// Not for texts given in words, whose offsets count from each word's start.
    /// - Parameters:
    ///   - text: the first text.
    ///   - textPair: the second text of a pair.
    public func utf8Offsets(in text: String, textPair: String = "") -> [Range<Int>] {
        let starts = [text, textPair].map(Self.byteStarts)
        return records.map { record in
            guard record.sequence >= 0 else { return 0..<0 }
            let starts = starts[Int(record.sequence)]
            func byte(_ scalar: Int32) -> Int { starts[min(Int(scalar), starts.count - 1)] }
            return byte(record.start)..<byte(record.end)
        }
    }

    /// The byte at which each scalar begins, and the end.
    private static func byteStarts(_ text: String) -> [Int] {
        var starts: [Int] = []
        for (offset, byte) in text.utf8.enumerated() where byte & 0xC0 != 0x80 { starts.append(offset) }
        return starts + [text.utf8.count]
    }
}
