internal import Foundation

/// A text file in windows of whole records: as one, mapped, or in pieces of bounded size.
final class TextWindowReader {
    /// The bytes of a window, where the file is read in pieces.
    static let windowSize = 32 << 20
    /// A record longer than this is an error: it is one that never ends.
    private static let recordLimit = 1 << 30

    /// Hands all records of a file to `body`, in one window or in several.
    static func read<Parser: TextParser>(
        _ input: TextInput, windowSize: Int, _ parser: inout Parser, _ body: (Parser, TextWindow) throws -> Void
    ) throws {
        guard let whole = input.whole else { return try readWindows(input, windowSize: windowSize, &parser, body) }
        try whole.withText { text in
            let window = TextWindow(file: input.path, bytes: text, firstLine: input.hasLines ? 1 : nil)
            try check(window, isFirst: true)
            let start = try parser.begin(window)
            let line = input.hasLines ? TextLines.line(at: start, in: text) : nil
            try body(parser, window.dropping(start, firstLine: line))
        }
    }

    private static func readWindows<Parser: TextParser>(
        _ input: TextInput, windowSize: Int, _ parser: inout Parser, _ body: (Parser, TextWindow) throws -> Void
    ) throws {
        let stream = try input.open()
        let path = input.path
        var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: windowSize, alignment: 16)
        defer { buffer.deallocate() }
        var filled = 0
        var line = 1
        var isFirst = true
        while true {
            let count = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            filled += count
            let isLast = filled < buffer.count
            var bytes = UnsafeRawBufferPointer(rebasing: buffer[..<filled]).assumingMemoryBound(to: UInt8.self)
            var consumed = 0
            if isFirst {
                let unmarked = TextLines.withoutMark(bytes)
                consumed = bytes.count - unmarked.count
                let whole = isLast ? unmarked.count : parser.wholeBeginning(of: unmarked)
                if isLast || whole > 0 {
                    let window = TextWindow(
                        file: path, bytes: UnsafeBufferPointer(rebasing: unmarked[..<whole]),
                        firstLine: input.hasLines ? 1 : nil)
                    try check(window, isFirst: true)
                    let header = try parser.begin(window)
                    line = TextLines.line(at: header, in: unmarked)
                    consumed += header
                    isFirst = false
                } else {
                    consumed = 0
                }
                bytes = UnsafeBufferPointer(rebasing: bytes[consumed...])
            }
            let whole = isLast ? bytes.count : isFirst ? 0 : parser.wholeRecords(in: bytes)
            if whole > 0 {
                let window = TextWindow(
                    file: path, bytes: UnsafeBufferPointer(rebasing: bytes[..<whole]),
                    firstLine: input.hasLines ? line : nil)
                try check(window, isFirst: false)
                try body(parser, window)
                line += TextLines.breaks(in: window.bytes)
            }
            if isLast { return }
            let rest = filled - consumed - whole
            if whole == 0, consumed == 0 {
                guard buffer.count < Self.recordLimit else {
                    throw DatasetError.malformed(
                        location: SourceLocation(file: path, line: input.hasLines ? line : nil), column: nil,
                        problem: "a row that starts here is longer than \(Self.recordLimit >> 20) MiB",
                        remedy: "check its quotes and line ends")
                }
                let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
                larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
                buffer.deallocate()
                buffer = larger
            } else if rest > 0, let base = buffer.baseAddress {
                memmove(base, base + consumed + whole, rest)
                filled = rest
            } else {
                filled = 0
            }
        }
    }

    private static func check(_ window: TextWindow, isFirst: Bool) throws {
        if isFirst, window.bytes.isEmpty { throw DatasetError.noRows(path: window.file, problem: "the file is empty") }
        try TextLines.check(window)
    }
}
