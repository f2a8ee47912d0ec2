internal import CArrow
internal import Foundation

/// The bytes of a text file while it is read: mapped, not copied, where the file allows it.
struct FileBytes {
    private let data: Data
    let path: String
    /// Whether the file can be read once more: a pipe can't.
    let isRegular: Bool

    /// Thrown where a compressed file holds more than the limit.
    struct TooLarge: Error {}

    /// - Parameter limit: the most bytes that a compressed file may hold.
    /// - Throws: ``DatasetError``; ``TooLarge``
    init(path: String, limit: Int = .max) throws {
        self.path = path
        try Self.checkReadable(path)
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        isRegular = type == .typeRegular || type == .typeSymbolicLink
        if let compression = Compression.of(path).compression {
            data = try Self.all(of: ByteStream(path: path, compression: compression), limit: limit)
            return
        }
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

    /// All the bytes of a source, which lie at `path` in some form.
    init(reading source: any ByteSource, path: String, isRegular: Bool, limit: Int) throws {
        self.path = path
        self.isRegular = isRegular
        data = try Self.all(of: source, limit: limit)
    }

    private static func all(of stream: any ByteSource, limit: Int) throws -> Data {
        var data = Data()
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 1)
        defer { block.deallocate() }
        while true {
            let count = try stream.read(into: block)
            if count == 0 { return data }
            guard data.count + count <= limit else { throw TooLarge() }
            data.append(contentsOf: UnsafeRawBufferPointer(rebasing: block[..<count]))
        }
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
            try body(TextLines.withoutMark(raw.assumingMemoryBound(to: UInt8.self)))
        }
    }
}
