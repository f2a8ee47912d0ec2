internal import OrderedJSON

/// A step that rewrites text before it is split into words, keeping track of where each byte came from.
protocol Normalizer: Sendable {
    /// Rewrites the text in place.
    func normalize(_ text: inout NormalizedText)
    /// Appends the normalized form of a piece of the original text, whose first scalar has number `firstScalar`.
    func normalize(original: UnsafeBufferPointer<UInt8>, firstScalar: Int32, into text: inout NormalizedText)
    /// Whether text in ASCII always stays as it is.
    var keepsASCII: Bool { get }
    /// This step as `tokenizer.json` has it.
    var json: JSONValue { get }
}

extension Normalizer {
    var keepsASCII: Bool { false }

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

    func normalize(_ text: inout NormalizedText) {
        for step in steps { step.normalize(&text) }
    }

    func normalize(original: UnsafeBufferPointer<UInt8>, firstScalar: Int32, into text: inout NormalizedText) {
        guard let first = steps.first else { return text.append(original: original, firstScalar: firstScalar) }
        first.normalize(original: original, firstScalar: firstScalar, into: &text)
        for step in steps.dropFirst() { step.normalize(&text) }
    }

    var json: JSONValue { ["type": "Sequence", "normalizers": .array(steps.map(\.json))] }
}
