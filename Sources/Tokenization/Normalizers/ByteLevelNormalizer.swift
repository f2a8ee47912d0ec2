internal import OrderedJSON

/// Writes each byte as a visible character, as GPT-2 does.
struct ByteLevelNormalizer: Normalizer {
    func normalize(_ text: inout NormalizedText) {
        var result = NormalizedText()
        result.bytes.reserveCapacity(text.bytes.count * 2)
        result.sources.reserveCapacity(text.bytes.count * 2)
        for (byte, source) in zip(text.bytes, text.sources) {
            result.append(scalar: ByteAlphabet.scalars[Int(byte)], source: source)
        }
        text = result
    }

    var json: JSONValue { ["type": "ByteLevel"] }
}
