/// Takes the whitespace that a token begins or ends with out of its offsets (`trim_offsets`).
struct OffsetTrimming: Sendable, Equatable {
    /// Whether a space was put before the text, so that the first token's single space is none of the text's.
    let addPrefixSpace: Bool

    /// How many whitespace characters a token has at its ends, the one that stands for a space included.
    struct Margins: Sendable, Equatable, BitwiseCopyable {
        var leading: Int32 = 0
        var trailing: Int32 = 0

        init(_ token: some StringProtocol) {
            let scalars = token.unicodeScalars
            for scalar in scalars {
                guard Self.isSpace(scalar) else { break }
                leading += 1
            }
            guard leading > 0 || scalars.last.map(Self.isSpace) == true else { return }
            for scalar in scalars.reversed() {
                guard Self.isSpace(scalar) else { break }
                trailing += 1
            }
        }

        private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "\u{120}" || CharacterClasses.shared[scalar.value].contains(.whitespace)
        }
    }

    /// The offsets of a token whose string has these margins.
    @inline(__always)
    func trimmed(_ start: Int32, _ end: Int32, _ margins: Margins, isFirst: Bool) -> (start: Int32, end: Int32) {
        var (start, end) = (start, end)
        if margins.leading > 0 {
            let isAdded = addPrefixSpace && margins.leading == 1 && (isFirst || start == 0)
            start = min(start + (isAdded ? 0 : margins.leading), end)
        }
        if margins.trailing > 0, end >= margins.trailing { end = max(end - margins.trailing, start) }
        return (start, end)
    }
}

/// The margins of every token of a vocabulary.
struct TokenMargins: Sendable {
    let trimming: OffsetTrimming
    private let margins: [OffsetTrimming.Margins]

    init(_ trimming: OffsetTrimming, _ table: TokenTable) {
        self.trimming = trimming
        margins = (0..<max(0, table.largestId + 1)).map { OffsetTrimming.Margins(table.token($0) ?? "") }
    }

    /// Trims the offsets of a sequence's tokens, the first of which is the first of its text or of the part kept of it.
    ///
    /// - Parameter surfaces: the strings of tokens, by position, that differ from those of their ids.
    func trim(_ records: inout ArraySlice<TokenRecord>, _ surfaces: [Int: String]) {
        let first = records.startIndex
        for index in records.indices {
            var margins = margins[Int(records[index].id)]
            if !surfaces.isEmpty, let surface = surfaces[index] { margins = OffsetTrimming.Margins(surface) }
            guard margins.leading > 0 || margins.trailing > 0 else { continue }
            (records[index].start, records[index].end) = trimming.trimmed(
                records[index].start, records[index].end, margins, isFirst: index == first)
        }
    }
}
