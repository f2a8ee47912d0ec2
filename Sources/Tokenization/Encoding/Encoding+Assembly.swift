extension Encoding {
    /// Puts sequences and special tokens together as the template says; `ranges` are the tokens that are kept.
    init(
        _ template: [TemplatePiece], first: TokenSequence, firstRange: Range<Int>, second: TokenSequence,
        secondRange: Range<Int>, addSpecialTokens: Bool, capacity: Int, table: TokenTable
    ) {
        self.init(table: table)
        reserveCapacity(capacity)
        for piece in template {
            switch piece {
            case .special(let ids, let typeId):
                guard addSpecialTokens else { continue }
                for id in ids { append(id, typeId: typeId, attention: 1) }
            case .sequence(.first, let typeId): append(first, firstRange, typeId: typeId, number: 0)
            case .sequence(.second, let typeId): append(second, secondRange, typeId: typeId, number: 1)
            }
        }
    }

    private mutating func reserveCapacity(_ capacity: Int) {
        inputIds.reserveCapacity(capacity)
        tokenTypeIds.reserveCapacity(capacity)
        attentionMask.reserveCapacity(capacity)
        specialTokensMask.reserveCapacity(capacity)
        spans.reserveCapacity(capacity)
        words.reserveCapacity(capacity)
        sequences.reserveCapacity(capacity)
    }

    /// A token that is not from the text.
    private mutating func append(_ id: Int32, typeId: Int32, attention: Int32) {
        inputIds.append(id)
        tokenTypeIds.append(typeId)
        attentionMask.append(attention)
        specialTokensMask.append(1)
        spans.append(SIMD2(0, 0))
        words.append(-1)
        sequences.append(-1)
    }

    private mutating func append(_ tokens: TokenSequence, _ range: Range<Int>, typeId: Int32, number: Int8) {
        inputIds.append(contentsOf: tokens.ids[range])
        tokenTypeIds.append(contentsOf: repeatElement(typeId, count: range.count))
        attentionMask.append(contentsOf: repeatElement(1, count: range.count))
        specialTokensMask.append(contentsOf: repeatElement(0, count: range.count))
        spans.append(contentsOf: tokens.offsets[range])
        words.append(contentsOf: tokens.words[range])
        sequences.append(contentsOf: repeatElement(number, count: range.count))
    }

    /// Makes the encoding `length` tokens long; one that is as long already stays as it is.
    mutating func pad(to length: Int, _ padding: ResolvedPadding) {
        let added = length - count
        guard added > 0 else { return }
        let place = padding.side == .left ? 0 : count
        func insert<Element>(_ element: Element, _ array: inout [Element]) {
            array.insert(contentsOf: repeatElement(element, count: added), at: place)
        }
        insert(padding.id, &inputIds)
        insert(padding.typeId, &tokenTypeIds)
        insert(0, &attentionMask)
        insert(1, &specialTokensMask)
        insert(SIMD2(0, 0), &spans)
        insert(-1, &words)
        insert(-1, &sequences)
    }
}

extension ResolvedPadding {
    /// The length that encodings of these lengths get.
    func length(longest: Int) -> Int {
        let wanted = length ?? longest
        guard let multiple, wanted % multiple > 0 else { return wanted }
        return wanted + multiple - wanted % multiple
    }
}
