internal import Foundation

/// Reads text as Python's `load_dataset("text")`: one column, `text`; `\r\n` and `\r` count as `\n`.
struct PlainTextParser: TextParser {
    let options: TextOptions

    var fallsBackOnText: Bool { true }
    var format: SourceFile.Format { options.sampleBy == .line ? .text : .binary }
    var emptiness: String { "the file holds no text" }

    mutating func begin(_ window: TextWindow) -> Int { 0 }

    func requestedTypes() -> [String: FeatureType] { [:] }

    func wholeRecords(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        switch options.sampleBy {
        case .line:
            // Behind a carriage return at the very end a line feed may come.
            let whole = bytes.last == 0x0D ? UnsafeBufferPointer(rebasing: bytes.dropLast()) : bytes
            return (whole.lastIndex { $0 == 0x0A || $0 == 0x0D } ?? -1) + 1
        case .paragraph:
            var place = bytes.count - 1
            while place > 0 {
                if bytes[place] == 0x0A {
                    if bytes[place - 1] == 0x0A {
                        // Of a run of line ends, the first two.
                        while place > 1, bytes[place - 2] == 0x0A { place -= 1 }
                        return place + 1
                    }
                    if place >= 3, bytes[place - 1] == 0x0D, bytes[place - 2] == 0x0A { return place + 1 }
                }
                place -= 1
            }
            return 0
        case .document: return 0
        }
    }

    func table(_ window: TextWindow, types: [String: FeatureType]) throws -> ArrowTable? {
        let builder = ColumnBuilder(name: "text", type: .string)
        switch options.sampleBy {
        case .line: try appendLines(window.bytes, builder)
        case .paragraph: try appendParagraphs(window.bytes, builder)
        case .document: try unified(window.bytes).withUnsafeBufferPointer { try builder.append(utf8: $0) }
        }
        guard builder.count > 0 else { return nil }
        return ArrowTable(rowCount: builder.count, names: ["text"], columns: [try builder.finish()])
    }

    private func appendLines(_ text: UnsafeBufferPointer<UInt8>, _ builder: ColumnBuilder) throws {
        let newline: UInt8 = 0x0A
        var start = 0
        while start < text.count {
            var end = start
            if let base = text.baseAddress {
                let found = memchr(base + start, 0x0A, text.count - start)
                end = found.map { UnsafeRawPointer(base).distance(to: UnsafeRawPointer($0)) } ?? text.count
                if let early = memchr(base + start, 0x0D, end - start) {
                    end = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(early))
                }
            }
            let line = UnsafeBufferPointer(rebasing: text[start..<end])
            let isEnded = end < text.count
            if isEnded && options.keepLinebreaks {
                try (Array(line) + [newline]).withUnsafeBufferPointer { try builder.append(utf8: $0) }
            } else {
                try builder.append(utf8: line)
            }
            start = end + 1
            if isEnded, text[end] == 0x0D, start < text.count, text[start] == newline { start += 1 }
        }
    }

    private func appendParagraphs(_ text: UnsafeBufferPointer<UInt8>, _ builder: ColumnBuilder) throws {
        let text = unified(text)
        try text.withUnsafeBufferPointer { text in
            var start = 0
            var place = 0
            while place < text.count {
                if text[place] == 0x0A, place + 1 < text.count, text[place + 1] == 0x0A {
                    if place > start { try builder.append(utf8: UnsafeBufferPointer(rebasing: text[start..<place])) }
                    place += 2
                    start = place
                } else {
                    place += 1
                }
            }
            if start < text.count { try builder.append(utf8: UnsafeBufferPointer(rebasing: text[start...])) }
        }
    }

    /// The text with `\n` for every line end.
    private func unified(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        guard text.contains(0x0D) else { return Array(text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for (place, byte) in text.enumerated() {
            if byte == 0x0D {
                bytes.append(0x0A)
            } else if byte != 0x0A || place == 0 || text[place - 1] != 0x0D {
                bytes.append(byte)
            }
        }
        return bytes
    }
}
