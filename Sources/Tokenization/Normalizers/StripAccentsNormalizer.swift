internal import OrderedJSON

/// Removes nonspacing marks; accents must have been decomposed before.
struct StripAccentsNormalizer: Normalizer {
    func normalize(_ text: inout NormalizedText) {
        let classes = CharacterClasses.shared
        text.transform { scalar, source, result in
            if !classes[scalar].contains(.nonspacingMark) { result.append(scalar: scalar, source: source) }
        }
    }

    var json: JSONValue { ["type": "StripAccents"] }
}
