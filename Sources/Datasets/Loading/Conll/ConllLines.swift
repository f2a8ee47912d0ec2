/// The lines of a text with their numbers; each ends in `\n`, `\r\n` or `\r`.
struct ConllLines: Sequence, IteratorProtocol {
    typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

    private let text: UnsafeBufferPointer<UInt8>
    private var place = 0
    private var line: Int

    /// - Parameter firstLine: the number of the line that the text starts on.
    init(_ text: UnsafeBufferPointer<UInt8>, firstLine: Int) {
        self.text = text
        line = firstLine
    }

    mutating func next() -> (number: Int, bytes: Bytes)? {
        guard place < text.count else { return nil }
        var end = place
        while end < text.count, text[end] != 0x0A, text[end] != 0x0D { end += 1 }
        defer {
            place = end + 1
            if end + 1 < text.count, text[end] == 0x0D, text[end + 1] == 0x0A { place += 1 }
            line += 1
        }
        return (line, text[place..<end])
    }
}

extension ConllLines.Bytes {
    private static let tab: UInt8 = 0x09
    private static let space: UInt8 = 0x20

    /// Whether there is nothing but spaces and tabs.
    var isBlank: Bool { allSatisfy { $0 == Self.space || $0 == Self.tab } }

    /// Without spaces and tabs at both ends.
    var trimmed: Self {
        guard let first = firstIndex(where: { $0 != Self.space && $0 != Self.tab }),
            let last = lastIndex(where: { $0 != Self.space && $0 != Self.tab })
        else { return self[startIndex..<startIndex] }
        return self[first...last]
    }

    /// The pieces between runs of spaces and tabs.
    var words: [Self] { split { $0 == Self.space || $0 == Self.tab } }

    /// The columns of the line.
    /// - Parameter delimiter: nil for tabs where there are any, otherwise runs of spaces.
    func columns(delimiter: UInt8?) -> [Self] {
        guard let delimiter = delimiter ?? (contains(Self.tab) ? Self.tab : nil), delimiter != Self.space else {
            return words
        }
        var columns = split(separator: delimiter, omittingEmptySubsequences: false).map(\.trimmed)
        // Tabs at the end of a line separate nothing.
        while columns.count > 1, columns.last?.isEmpty == true { columns.removeLast() }
        return columns
    }

    var text: String { String(decoding: self, as: UTF8.self) }
}
