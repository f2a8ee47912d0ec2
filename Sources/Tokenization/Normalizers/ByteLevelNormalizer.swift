internal import OrderedJSON

/// Writes each byte as a visible character, as GPT-2 does.
struct ByteLevelNormalizer: Normalizer {
    func normalize(_ text: inout NormalizedText) {
        var result = NormalizedText()
        result.bytes.reserveCapacity(text.bytes.count * 2)
        result.sources.reserveCapacity(text.bytes.count * 2)
        for (byte, source) in zip(text.bytes, text.sources) {
            result.append(scalar: Self.characters[Int(byte)], source: source)
        }
        text = result
    }

    /// The character of each byte: itself where it is visible, else the next free one from U+0100 on.
    private static let characters: [UInt32] = {
        var next: UInt32 = 0x100
        return (0..<256).map { (byte: UInt32) in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return byte
            default:
                next += 1
                return next - 1
            }
        }
    }()

    var json: JSONValue { ["type": "ByteLevel"] }
}
