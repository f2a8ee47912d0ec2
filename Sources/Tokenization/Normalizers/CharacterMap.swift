/// SentencePiece's compiled character map: which strings of bytes become which text.
///
/// A double array (a prefix tree whose nodes are units of 32 bits) leads from bytes to places in a block of texts, each
/// ended by a zero byte. The bytes come from files, so each index is checked.
struct CharacterMap: Sendable {
    /// What one entry becomes, in bytes.
    private static let textLimit = 256

    let data: [UInt8]
    private let units: [UInt32]
    private let texts: [UInt8]
    private let root: Int

    /// nil where the data are no character map.
    init?(_ data: [UInt8]) {
        guard data.count >= 4 else { return nil }
        func number(_ position: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(data[position + $1]) << UInt32(8 * $1) }
        }
        let count = Int(number(0) / 4)
        guard count > 0, count <= (data.count - 4) / 4 else { return nil }
        units = (0..<count).map { number(4 + 4 * $0) }
        texts = Array(data[(4 + 4 * count)...])
        guard String(validating: texts, as: UTF8.self) != nil else { return nil }
        // Longer ones are in no real map, and would let a small file make a text endlessly long.
        guard texts.split(separator: 0).allSatisfy({ $0.count <= Self.textLimit }) else { return nil }
        root = Self.offset(units[0])
        self.data = data
    }

    @inline(__always)
    private static func offset(_ unit: UInt32) -> Int {
        Int(unit >> 10) << Int((unit & 0x200) >> 6)
    }

    /// What the shortest entry that `key` begins with becomes; nil where there is none.
    @inline(__always)
    func replacement(of key: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> ArraySlice<UInt8>? {
        var node = root
        for position in key {
            let byte = bytes[position]
            guard byte != 0 else { return nil }
            node ^= Int(byte)
            guard node < units.count else { return nil }
            let unit = units[node]
            guard unit & 0x8000_00FF == UInt32(byte) else { return nil }
            node ^= Self.offset(unit)
            if unit & 0x100 != 0 { return node < units.count ? text(Int(units[node] & 0x7FFF_FFFF)) : nil }
        }
        return nil
    }

    private func text(_ start: Int) -> ArraySlice<UInt8>? {
        guard start < texts.count else { return start == texts.count ? [] : nil }
        guard texts[start] & 0xC0 != 0x80 else { return nil }
        return texts[start..<(texts[start...].firstIndex(of: 0) ?? texts.count)]
    }
}
