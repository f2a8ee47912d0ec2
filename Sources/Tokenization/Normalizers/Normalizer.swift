internal import OrderedJSON

/// A step that rewrites text before it is split into words, keeping track of where each byte came from.
protocol Normalizer: Sendable {
    /// Rewrites the text in place.
    func normalize(_ text: inout NormalizedText)
    /// Appends the normalized form of a piece of the original text, whose first scalar has number `firstScalar`.
    func normalize(original: UnsafeBufferPointer<UInt8>, firstScalar: Int32, into text: inout NormalizedText)
    /// Whether text in ASCII always stays as it is.
    var keepsASCII: Bool { get }
    /// What it does to text in ASCII, where that is no more than to change single characters; else nil.
    var asciiRules: ASCIIRules? { get }
    /// This step as `tokenizer.json` has it.
    var json: JSONValue { get }
}

/// How a normalizer changes text in ASCII, whatever stands around it but for other characters.
struct ASCIIRules: Sendable {
    /// What becomes of each character; `other` where that is no character of ASCII, or not always the same.
    var mapping = [UInt8](0..<128)
    /// Two of these in a row are changed together.
    var paired: Set<UInt8> = []
    static let other: UInt8 = 0xFF

    /// These rules and then others.
    func followed(by next: ASCIIRules) -> ASCIIRules {
        var result = self
        for byte in 0..<128 where mapping[byte] != Self.other {
            if next.paired.contains(mapping[byte]) { result.paired.insert(UInt8(byte)) }
            result.mapping[byte] = next.mapping[Int(mapping[byte])]
        }
        return result
    }
}

extension Normalizer {
    var keepsASCII: Bool { false }
    var asciiRules: ASCIIRules? { keepsASCII ? ASCIIRules() : nil }

    func normalize(original: UnsafeBufferPointer<UInt8>, firstScalar: Int32, into text: inout NormalizedText) {
        text.append(original: original, firstScalar: firstScalar)
        normalize(&text)
    }
}

/// Makes normalizers from `tokenizer.json`.
enum NormalizerReader {
    static let supported = [
        "BertNormalizer", "ByteLevel", "Lowercase", "NFC", "NFD", "NFKC", "NFKD", "Nmt", "Precompiled", "Prepend",
        "Replace", "Sequence", "Strip", "StripAccents",
    ]

    static func read(_ node: PipelineNode) throws(TokenizerError) -> any Normalizer {
        let type = try node.type()
        if let form = UnicodeFormNormalizer.Form(rawValue: type) { return UnicodeFormNormalizer(form) }
        switch type {
        case "BertNormalizer": return try BertNormalizer(node)
        case "ByteLevel": return ByteLevelNormalizer()
        case "Lowercase": return LowercaseNormalizer()
        case "Nmt": return NmtNormalizer()
        case "Precompiled": return try PrecompiledNormalizer(node)
        case "Prepend": return try PrependNormalizer(node)
        case "Replace": return try ReplaceNormalizer(node)
        case "Strip": return try StripNormalizer(node)
        case "StripAccents": return StripAccentsNormalizer()
        case "Sequence":
            var steps: [any Normalizer] = []
            for step in try node.required("normalizers").elements() { steps.append(try read(step)) }
            return NormalizerSequence(steps: steps)
        default: throw node.unsupported("normalizer", type, supported)
        }
    }
}

/// Several normalizers, one after the other.
struct NormalizerSequence: Normalizer {
    let steps: [any Normalizer]

    var keepsASCII: Bool { steps.allSatisfy(\.keepsASCII) }

    var asciiRules: ASCIIRules? {
        steps.reduce(Optional(ASCIIRules())) { rules, step in
            rules.flatMap { rules in step.asciiRules.map(rules.followed) }
        }
    }

    func normalize(_ text: inout NormalizedText) {
        for step in steps where text.failure == nil { step.normalize(&text) }
    }

    func normalize(original: UnsafeBufferPointer<UInt8>, firstScalar: Int32, into text: inout NormalizedText) {
        guard let first = steps.first else { return text.append(original: original, firstScalar: firstScalar) }
        first.normalize(original: original, firstScalar: firstScalar, into: &text)
        for step in steps.dropFirst() where text.failure == nil { step.normalize(&text) }
    }

    var json: JSONValue { ["type": "Sequence", "normalizers": .array(steps.map(\.json))] }
}
