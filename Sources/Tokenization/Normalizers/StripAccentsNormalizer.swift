internal import OrderedJSON

/// Removes combining marks; accents must have been decomposed before.
///
/// BERT's own stripping removes fewer: the Rust tokenizers have two tables of different Unicode versions.
struct StripAccentsNormalizer: Normalizer {
    func normalize(_ text: inout NormalizedText) {
        guard text.bytes.contains(where: { $0 >= 0x80 }) else { return }
        let classes = NormalizationTables.shared.classes
        text.transform { scalar, source, result in
            if classes[Int(scalar)] & NormalizationClass.combiningMark.rawValue == 0 {
                result.append(scalar: scalar, source: source)
            }
        }
    }

    var keepsASCII: Bool { true }

    var json: JSONValue { ["type": "StripAccents"] }
}
