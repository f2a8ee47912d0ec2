internal import Foundation
internal import Synchronization

/// The file behind a data set: tells, when first asked, which line each of its rows starts on.
final class SourceFile: Sendable {
    enum Format: Sendable {
        case delimited(DelimitedLayout)
        case jsonLines
        /// Sentences of words, in text that starts on this line.
        case conll(ConllLayout, firstLine: Int)
        /// One row a line, the first on this line.
        case lines(from: Int)
        /// One row a line, empty ones too.
        case text
        /// Rows have no lines.
        case binary
    }

    let path: String
    private let isRegular: Bool
    let rowCount: Int
    let format: Format
    /// The lines of the rows; empty where the file can't be read again, or has changed.
    private let lines = Mutex<[Int]?>(nil)

    init(path: String, isRegular: Bool, rowCount: Int, format: Format) {
        self.path = path
        self.isRegular = isRegular
        self.rowCount = rowCount
        self.format = format
    }

    func location(ofRow row: Int) -> SourceLocation {
        switch format {
        case .binary: return SourceLocation(file: path, line: nil)
        case .lines(let first): return SourceLocation(file: path, line: first + row)
        // One row a line, and no line of JSON is empty: the loader has made sure.
        case .jsonLines, .text: return SourceLocation(file: path, line: row + 1)
        case .delimited, .conll: break
        }
        let line = lines.withLock { known in
            let lines = known ?? findLines()
            known = lines
            return lines.indices.contains(row) ? lines[row] : nil
        }
        return SourceLocation(file: path, line: line)
    }

    private func findLines() -> [Int] {
        guard isRegular, let file = try? FileBytes(path: path) else { return [] }
        return file.withText { text in
            if case .conll(let layout, let firstLine) = format {
                var lines: [Int] = []
                try? layout.forEachSentence(in: text, firstLine: firstLine, file: path) { lines.append($0.line) }
                return lines.count == rowCount ? lines : []
            }
            guard case .delimited(let layout) = format, layout.start <= text.count else { return [] }
            var scanner = DelimitedScanner(
                text, delimiter: layout.delimiter, quoting: layout.quoting, position: layout.start,
                line: layout.firstLine)
            var lines: [Int] = []
            lines.reserveCapacity(rowCount)
            while lines.count < rowCount, let record = try? scanner.next() { lines.append(record.line) }
            return lines.count == rowCount ? lines : []
        }
    }
}
