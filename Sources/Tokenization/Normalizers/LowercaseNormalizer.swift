internal import OrderedJSON

/// Lowercases each scalar by itself.
struct LowercaseNormalizer: Normalizer {
    func normalize(_ text: inout NormalizedText) {
        let classes = CharacterClasses.shared
        let mapping = LowercaseMapping.shared
        text.transform { scalar, source, result in
            if classes[scalar].contains(.cased), let parts = mapping[scalar] {
                for part in parts { result.append(scalar: part, source: source) }
            } else {
                result.append(scalar: scalar, source: source)
            }
        }
    }

    var asciiRules: ASCIIRules? {
        var rules = ASCIIRules()
        for byte in UInt8(ascii: "A")...UInt8(ascii: "Z") { rules.mapping[Int(byte)] = byte | 0x20 }
        return rules
    }

    var json: JSONValue { ["type": "Lowercase"] }
}
