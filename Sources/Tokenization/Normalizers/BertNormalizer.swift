internal import OrderedJSON

/// BERT's normalizer: cleans the text, sets Chinese characters apart, strips accents, lowercases.
struct BertNormalizer: Normalizer {
    let cleanText: Bool
    let handleChineseChars: Bool
    /// nil follows `lowercase`, as in the original BERT.
    let stripAccents: Bool?
    let lowercase: Bool
    /// What becomes of each ASCII character; `dropped` where it is removed.
    private let ascii: [UInt8]
    private static let dropped: UInt8 = 0xFF

    init(cleanText: Bool = true, handleChineseChars: Bool = true, stripAccents: Bool? = nil, lowercase: Bool = true) {
        self.cleanText = cleanText
        self.handleChineseChars = handleChineseChars
        self.stripAccents = stripAccents
        self.lowercase = lowercase
        let classes = CharacterClasses.shared
        ascii = (0..<128).map { (byte: UInt8) in
            let characterClass = classes[UInt32(byte)]
            if cleanText, characterClass.contains(.control) { return Self.dropped }
            if cleanText, characterClass.contains(.cleanedToSpace) { return UInt8(ascii: " ") }
            let isUppercase = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            return lowercase && isUppercase ? byte | 0x20 : byte
        }
    }

    init(_ node: PipelineNode) throws(TokenizerError) {
        self.init(
            cleanText: try node.required("clean_text").bool(),
            handleChineseChars: try node.required("handle_chinese_chars").bool(),
            stripAccents: try node.member("strip_accents")?.bool(),
            lowercase: try node.required("lowercase").bool())
    }

    func normalize(original: UnsafeBufferPointer<UInt8>, firstScalar: Int32, into text: inout NormalizedText) {
        if text.bytes.isEmpty, normalizeASCII(original, firstScalar, &text) { return }
        text.append(original: original, firstScalar: firstScalar)
        normalize(&text)
    }

    /// The short way for text in ASCII; false, with nothing appended, where there is something else.
    private func normalizeASCII(
        _ original: UnsafeBufferPointer<UInt8>, _ firstScalar: Int32, _ text: inout NormalizedText
    ) -> Bool {
        var union: UInt8 = 0
        for byte in original { union |= byte }
        guard union < 0x80 else { return false }
        let count = original.count
        ascii.withUnsafeBufferPointer { ascii in
            var kept = 0
            text.bytes = [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
                text.sources = [Int32](unsafeUninitializedCapacity: count) { sources, initializedSources in
                    for index in 0..<count {
                        let byte = ascii[Int(original[index])]
                        bytes[kept] = byte
                        sources[kept] = firstScalar + Int32(truncatingIfNeeded: index)
                        kept += byte == Self.dropped ? 0 : 1
                    }
                    initializedSources = kept
                }
                initialized = kept
            }
        }
        return true
    }

    func normalize(_ text: inout NormalizedText) {
        let classes = CharacterClasses.shared
        if cleanText || handleChineseChars { clean(&text, classes) }
        if stripAccents ?? lowercase {
            UnicodeFormNormalizer(.nfd).normalize(&text)
            removeMarks(&text, classes)
        }
        if lowercase { LowercaseNormalizer().normalize(&text) }
    }

    private func clean(_ text: inout NormalizedText, _ classes: CharacterClasses) {
        text.transform { scalar, source, result in
            let characterClass = classes[scalar]
            if cleanText {
                if characterClass.contains(.control) { return }
                if characterClass.contains(.cleanedToSpace) {
                    return result.append(UInt8(ascii: " "), source: source)
                }
            }
            if handleChineseChars, characterClass.contains(.chinese) {
                result.append(UInt8(ascii: " "), source: source)
                result.append(scalar: scalar, source: source)
                result.append(UInt8(ascii: " "), source: source)
            } else {
                result.append(scalar: scalar, source: source)
            }
        }
    }

    private func removeMarks(_ text: inout NormalizedText, _ classes: CharacterClasses) {
        text.transform { scalar, source, result in
            if !classes[scalar].contains(.nonspacingMark) { result.append(scalar: scalar, source: source) }
        }
    }

    var json: JSONValue {
        [
            "type": "BertNormalizer", "clean_text": .bool(cleanText),
            "handle_chinese_chars": .bool(handleChineseChars),
            "strip_accents": stripAccents.map(JSONValue.bool) ?? .null, "lowercase": .bool(lowercase),
        ]
    }
}
