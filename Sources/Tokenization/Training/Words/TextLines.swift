public import Foundation

/// The lines of text files, read bit by bit.
public struct TextLines: Sendable {
    private let files: [URL]
    private let keepsLineEndings: Bool

    /// - Parameters:
    ///   - files: files in UTF-8, read one after the other.
    ///   - keepsLineEndings: whether each line keeps its `\n`, as where Python's `tokenizers` train on files.
    public init(_ files: [URL], keepsLineEndings: Bool = false) {
        self.files = files
        self.keepsLineEndings = keepsLineEndings
    }

    /// How many bytes the files have in all; those that are no plain files count 0.
    public var byteCount: Int {
        files.reduce(0) { $0 + ((try? $1.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0) }
    }

    /// Calls `body` with each line. A `\r` before the end of a line belongs to the end.
    /// - Throws: `TokenizerError.fileAccess` where a file cannot be read or is not valid UTF-8, naming the line; and
    ///   what `body` throws.
    public func forEach(_ body: (String) throws -> Void) throws {
        for file in files {
            let handle: FileHandle
            do {
                handle = try FileHandle(forReadingFrom: file)
            } catch {
                throw TokenizerError.fileAccess(
                    path: file.path, reason: "cannot be read (\(TokenizerFolder.reason(error)))")
            }
            defer { try? handle.close() }
            try Self.forEach(of: handle, name: file.path, keepsLineEndings: keepsLineEndings, body)
        }
    }

    /// Calls `body` with each line of an open file, such as standard input; `name` stands in errors.
    public static func forEach(
        of handle: FileHandle, name: String, keepsLineEndings: Bool = false, _ body: (String) throws -> Void
    ) throws {
        var pending: [UInt8] = []
        var number = 0
        func emit(_ bytes: some Collection<UInt8>, isEnded: Bool) throws {
            number += 1
            var bytes = bytes[...]
            if isEnded, !keepsLineEndings {
                bytes = bytes.dropLast()
                if bytes.dropFirst(max(0, bytes.count - 1)).first == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
            }
            guard let line = String(validating: bytes, as: UTF8.self) else {
                throw TokenizerError.fileAccess(path: name, reason: "line \(number) is not valid UTF-8")
            }
            try body(line)
        }
        while true {
            let chunk: Data
            do {
                chunk = try handle.read(upToCount: 1 << 20) ?? Data()
            } catch {
                throw TokenizerError.fileAccess(
                    path: name, reason: "cannot be read (\(TokenizerFolder.reason(error)))")
            }
            guard !chunk.isEmpty else { break }
            let bytes = [UInt8](chunk)
            var start = 0
            while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
                if pending.isEmpty {
                    try emit(bytes[start...end], isEnded: true)
                } else {
                    pending.append(contentsOf: bytes[start...end])
                    try emit(pending, isEnded: true)
                    pending.removeAll(keepingCapacity: true)
                }
                start = end + 1
            }
            pending.append(contentsOf: bytes[start...])
        }
        if !pending.isEmpty { try emit(pending, isEnded: false) }
    }
}
