internal import Foundation

/// Cuts a text file into blocks of whole records, about a megabyte each.
final class TextBlocks {
    /// How records end.
    enum Records {
        /// At each line feed.
        case lines
        /// At each line end that isn't inside quotes.
        case delimited(delimiter: UInt8, quoting: Bool)
    }

    struct Block {
        let bytes: Data
        /// Where in the file it starts, and on which physical line.
        let offset: Int
        let line: Int
        /// Whether the file ends with it.
        let isLast: Bool
    }

    private let file: FileChunks
    private let records: Records
    /// What was read and belongs to no block yet.
    private var rest = Data()
    private(set) var offset: Int
    private(set) var line: Int
    private var isAtEnd = false

    static let usualSize = 1 << 20
    /// Longer records than any that a column could hold.
    private static let longestRecord = 1 << 30

    init(path: String, records: Records, offset: Int = 0, line: Int = 1) throws {
        file = try FileChunks(path: path)
        self.records = records
        self.offset = offset
        self.line = line
        if offset > 0 { try file.seek(to: offset) }
    }

    /// nil at the end of the file.
    func next() throws -> Block? {
        var wanted = Self.usualSize
        while true {
            try read(upTo: wanted)
            if offset == 0 { dropByteOrderMark() }
            guard !rest.isEmpty else { return nil }
            if let end = isAtEnd ? rest.count : rest.withUnsafeBytes(lastEnd) {
                let bytes = rest.prefix(end)
                defer {
                    rest = Data(rest.dropFirst(end))
                    offset += end
                    line += bytes.withUnsafeBytes { lineEnds($0.assumingMemoryBound(to: UInt8.self)) }
                }
                return Block(bytes: Data(bytes), offset: offset, line: line, isLast: isAtEnd)
            }
            wanted *= 4
            guard wanted <= Self.longestRecord else {
                throw DatasetError.malformed(
                    location: SourceLocation(file: file.path, line: line), column: nil,
                    problem: "a row of more than \(rest.count >> 20) MiB", remedy: "is a quote or a line end missing?")
            }
        }
    }

    private func lineEnds(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        if case .lines = records { return text.count { $0 == 0x0A } }
        return TextLines.breaks(in: text)
    }

    private func read(upTo size: Int) throws {
        guard !isAtEnd, rest.count < size else { return }
        let missing = size - rest.count
        var piece = Data(count: missing)
        let got = try piece.withUnsafeMutableBytes { try file.read(into: $0) }
        rest.append(piece.prefix(got))
        isAtEnd = got < missing
    }

    private func dropByteOrderMark() {
        guard rest.starts(with: [0xEF, 0xBB, 0xBF]) else { return }
        rest = Data(rest.dropFirst(3))
        offset = 3
    }

    /// Where the last whole record ends.
    private func lastEnd(_ raw: UnsafeRawBufferPointer) -> Int? {
        let text = raw.assumingMemoryBound(to: UInt8.self)
        guard case .delimited(let delimiter, let quoting) = records else {
            return text.lastIndex(of: 0x0A).map { $0 + 1 }
        }
        guard quoting, text.contains(0x22) else {
            return text.indices.last { place in
                text[place] == 0x0A || (text[place] == 0x0D && place + 1 < text.count && text[place + 1] != 0x0A)
            }.map { $0 + 1 }
        }
        var scanner = DelimitedScanner(text, delimiter: delimiter, quoting: true)
        var end: Int?
        // What breaks the format is found and told by the reader of the block.
        while (try? scanner.next()) != nil, scanner.position < text.count { end = scanner.position }
        return end
    }
}
