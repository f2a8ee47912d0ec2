internal import CArrow
internal import Foundation

/// The bytes of a text file while it is read: mapped, not copied, where the file allows it.
struct FileBytes {
    private let data: Data
    let path: String
    /// Whether the file can be read once more: a pipe can't.
    let isRegular: Bool

    /// - Throws: ``DatasetError/unreadableFile(path:problem:)``
    init(path: String) throws {
        self.path = path
        try Self.checkReadable(path)
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        isRegular = type == .typeRegular || type == .typeSymbolicLink
        do {
            if isRegular {
                data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
            } else {
                let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
                data = try file.readToEnd() ?? Data()
            }
        } catch {
            let reason = (error as NSError).localizedDescription
            throw DatasetError.unreadableFile(path: path, problem: Excerpt.of(reason, limit: 200))
        }
    }

    /// Part of a file that was read elsewhere.
    init(path: String, part: Data) {
        self.path = path
        data = part
        isRegular = false
    }

    /// - Throws: ``DatasetError/unreadableFile(path:problem:)`` where there is no file of that name.
    static func checkReadable(_ path: String) throws {
        var isFolder: ObjCBool = false
        guard !path.utf8.contains(0), FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw DatasetError.unreadableFile(path: Excerpt.of(path, limit: 1000), problem: "there is no such file")
        }
        guard !isFolder.boolValue else {
            throw DatasetError.unreadableFile(path: path, problem: "it is a folder; name a file in it")
        }
    }

    /// Calls `body` with the text, without a byte-order mark.
    func withText<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try data.withUnsafeBytes { raw in
            let bytes = raw.assumingMemoryBound(to: UInt8.self)
            let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
            return try body(hasMark ? UnsafeBufferPointer(rebasing: bytes[3...]) : bytes)
        }
    }

    /// Checks what holds for every text format: the file isn't empty, is UTF-8, and holds no NUL.
    func checkText(_ text: UnsafeBufferPointer<UInt8>) throws {
        guard let start = text.baseAddress, !text.isEmpty else {
            throw DatasetError.noRows(path: path, problem: "the file is empty")
        }
        if let zero = memchr(start, 0, text.count) {
            let place = UnsafeRawPointer(start).distance(to: UnsafeRawPointer(zero))
            throw DatasetError.malformed(
                location: SourceLocation(file: path, line: TextLines.line(at: place, in: text)), column: nil,
                problem: "a NUL byte",
                remedy: "text files hold none; save the file as UTF-8 (is it UTF-16, or not text at all?)")
        }
        guard !carrow_is_utf8(start, Int64(text.count)) else { return }
        let place = TextLines.firstInvalidUTF8(in: text)
        throw DatasetError.malformed(
            location: SourceLocation(file: path, line: TextLines.line(at: place, in: text)), column: nil,
            problem: "byte 0x" + String(text[Swift.min(place, text.count - 1)], radix: 16, uppercase: true)
                + " is not UTF-8",
            remedy: "save the file as UTF-8")
    }
}

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
}
