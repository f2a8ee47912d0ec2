internal import OrderedJSON

/// Puts something before a text that is not empty.
struct PrependNormalizer: Normalizer {
    let prepended: String

    init(_ prepended: String) { self.prepended = prepended }

    init(_ node: PipelineNode) throws(TokenizerError) { self.init(try node.string("prepend")) }

    func normalize(_ text: inout NormalizedText) { text.prepend(prepended.utf8) }

    var json: JSONValue { ["type": "Prepend", "prepend": .string(prepended)] }
}

extension NormalizedText {
    /// Puts bytes before a text that is not empty; they share the place of its first scalar.
    mutating func prepend(_ prefix: some Collection<UInt8>) {
        guard let source = sources.first else { return }
        bytes.insert(contentsOf: prefix, at: 0)
        sources.insert(contentsOf: repeatElement(source, count: prefix.count), at: 0)
    }
}
