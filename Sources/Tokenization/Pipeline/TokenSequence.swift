/// The tokens of one text before special tokens are added.
struct TokenSequence: Sendable {
    var records: [TokenRecord] = []
    /// The strings of tokens, by position, that differ from those of their ids: added tokens with the whitespace that
    /// they took.
    var surfaces: [Int: String] = [:]

    var count: Int { records.count }

    @inline(__always)
    mutating func append(_ id: Int32, _ offset: SIMD2<Int32>, _ word: Int32) {
        records.append(TokenRecord(id: id, start: offset.x, end: offset.y, word: word))
    }

    @inline(__always)
    mutating func append(_ record: TokenRecord) { records.append(record) }

    /// An added token, found in `text`.
    mutating func append(
        _ match: AddedTokenMatcher.Match, in text: UnsafeBufferPointer<UInt8>, _ offset: SIMD2<Int32>, _ word: Int32
    ) {
        if match.differs {
            surfaces[count] = String(decoding: UnsafeBufferPointer(rebasing: text[match.range]), as: UTF8.self)
        }
        append(match.id, offset, word)
    }

    /// Appends the tokens of a text's word number `number`.
    mutating func append(_ tokens: TokenSequence, asWord number: Int32) {
        for (index, surface) in tokens.surfaces { surfaces[count + index] = surface }
        let start = count
        records.append(contentsOf: tokens.records)
        for index in start..<count { records[index].word = number }
    }

    mutating func removeLast(_ count: Int) { records.removeLast(count) }

    mutating func removeAll() {
        records.removeAll(keepingCapacity: true)
        if !surfaces.isEmpty { surfaces = [:] }
    }
}
