internal import CArrow
internal import Foundation

/// Physical lines: each ends in `\n`, `\r\n` or `\r`.
enum TextLines {
    /// The number, from 1, of the line that holds the byte at `place`.
    static func line(at place: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        1 + breaks(in: UnsafeBufferPointer(rebasing: text[..<Swift.min(place, text.count)]))
    }

    /// The number of line ends in `text`.
    static func breaks(in text: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        var wasReturn = false
        for byte in text {
            if byte == 0x0D || (byte == 0x0A && !wasReturn) { count += 1 }
            wasReturn = byte == 0x0D
        }
        return count
    }

    /// Where the longest valid beginning of `text` ends.
    static func firstInvalidUTF8(in text: UnsafeBufferPointer<UInt8>) -> Int {
        var place = 0
        while place < text.count {
            var length = 1
            let byte = text[place]
            if byte >= 0x80 {
                length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
                let end = Swift.min(place + length, text.count)
                if String(validating: text[place..<end], as: UTF8.self)?.unicodeScalars.count != 1 { return place }
            }
            place += length
        }
        return place
    }

    static func withoutMark(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
        return hasMark ? UnsafeBufferPointer(rebasing: bytes[3...]) : bytes
    }

    /// Checks what holds for every text format: it is UTF-8, and holds no NUL.
    static func check(_ window: TextWindow) throws {
        let text = window.bytes
        guard let start = text.baseAddress, !text.isEmpty else { return }
        func malformed(at place: Int, _ problem: String, _ remedy: String) -> DatasetError {
            .malformed(
                location: SourceLocation(
                    file: window.file, line: window.firstLine.map { $0 - 1 + line(at: place, in: text) }),
                column: nil, problem: problem, remedy: remedy)
        }
        if let zero = memchr(start, 0, text.count) {
            throw malformed(
                at: UnsafeRawPointer(start).distance(to: UnsafeRawPointer(zero)), "a NUL byte",
                "text files hold none; save the file as UTF-8 (is it UTF-16, or not text at all?)")
        }
        guard !carrow_is_utf8(start, Int64(text.count)) else { return }
        let place = firstInvalidUTF8(in: text)
        throw malformed(
            at: place,
            "byte 0x" + String(text[Swift.min(place, text.count - 1)], radix: 16, uppercase: true) + " is not UTF-8",
            "save the file as UTF-8")
    }
}
