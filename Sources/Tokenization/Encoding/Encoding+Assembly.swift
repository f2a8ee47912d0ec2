/// The part of a text that goes into an encoding.
struct SequencePart {
    var tokens: TokenSequence
    var range: Range<Int>
    /// The type id instead of the template's: in Python the parts that overflow keep that of their text.
    var typeId: Int32?
}

extension Encoding {
    /// Puts sequences and special tokens together as the template says.
    init(
        _ template: [TemplatePiece], first: SequencePart, second: SequencePart, addSpecialTokens: Bool, capacity: Int,
        table: TokenTable, margins: TokenMargins?
    ) {
        self.init(table: table)
        records.reserveCapacity(capacity)
        for piece in template {
            switch piece {
            case .special(let ids, let typeId):
                guard addSpecialTokens else { continue }
                for id in ids { records.append(TokenRecord(added: id, typeId: typeId)) }
            case .sequence(.first, let typeId): append(first, typeId: first.typeId ?? typeId, number: 0, margins)
            case .sequence(.second, let typeId): append(second, typeId: second.typeId ?? typeId, number: 1, margins)
            }
        }
    }

    private mutating func append(_ part: SequencePart, typeId: Int32, number: Int8, _ margins: TokenMargins?) {
        let (tokens, range) = (part.tokens, part.range)
        let start = records.count
        records.append(contentsOf: tokens.records[range])
        if typeId != 0 || number != 0 {
            for index in start..<records.count {
                records[index].typeId = typeId
                records[index].sequence = number
            }
        }
        for (index, surface) in tokens.surfaces where range.contains(index) {
            surfaces[index - range.lowerBound + start] = surface
        }
        margins?.trim(&records[start...], surfaces)
    }

    /// Makes the encoding `length` tokens long; one that is as long already stays as it is. The same
    /// with what overflowed.
    mutating func pad(to length: Int, _ padding: ResolvedPadding) {
        for index in overflowing.indices { overflowing[index].pad(to: length, padding) }
        let added = length - count
        guard added > 0 else { return }
        let record = TokenRecord(added: padding.id, typeId: padding.typeId, isPadding: true)
        records.insert(contentsOf: repeatElement(record, count: added), at: padding.side == .left ? 0 : count)
        if padding.side == .left, !surfaces.isEmpty {
            surfaces = Dictionary(uniqueKeysWithValues: surfaces.map { ($0 + added, $1) })
        }
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
