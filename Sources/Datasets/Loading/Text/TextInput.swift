/// A text file to be read, as a whole or from the beginning on.
struct TextInput {
    let path: String
    /// The whole text, where it is in memory.
    let whole: FileBytes?
    /// The text from the beginning on.
    let open: () throws -> any ByteSource
    /// Whether places in the text are places in the file.
    let hasLines: Bool

    /// - Parameters:
    ///   - inMemory: whether to read it as a whole.
    ///   - limit: the most bytes that a compressed file may hold, if read as a whole.
    init(path: String, inMemory: Bool, limit: Int) throws {
        self.path = path
        hasLines = true
        whole = try inMemory ? FileBytes(path: path, limit: limit) : nil
        open = { try ByteStream(path: path, compression: Compression.of(path).compression) }
    }

    /// The objects of a JSON list as lines.
    init(elementsOf input: TextInput, field: String?, limit: Int) throws {
        path = input.path
        hasLines = false
        let path = path
        if let whole = input.whole {
            let stream = JSONElementStream(WholeByteSource(whole), path: path, field: field)
            self.whole = try FileBytes(reading: stream, path: path, isRegular: whole.isRegular, limit: limit)
        } else {
            whole = nil
        }
        let openText = input.open
        open = { JSONElementStream(try openText(), path: path, field: field) }
    }

    /// The first byte that isn't white space.
    func firstByte() throws -> UInt8? {
        func first(_ bytes: some Sequence<UInt8>) -> UInt8? {
            bytes.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        }
        if let whole { return whole.withText { first($0) } }
        let stream = try open()
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 12, alignment: 1)
        defer { block.deallocate() }
        while true {
            let count = try stream.read(into: block)
            if count == 0 { return nil }
            if let byte = first(block[..<count]) { return byte }
        }
    }
}

/// Text in memory as a source of bytes.
final class WholeByteSource: ByteSource {
    private let bytes: FileBytes
    private var place = 0

    init(_ bytes: FileBytes) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        bytes.withText { text in
            let count = min(buffer.count, text.count - place)
            buffer.copyMemory(from: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: text[place..<place + count])))
            place += count
            return count
        }
    }
}
