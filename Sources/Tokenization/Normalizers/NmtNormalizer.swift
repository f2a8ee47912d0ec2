internal import OrderedJSON

/// SentencePiece's cleaning: control characters go, other characters that count as whitespace become spaces.
struct NmtNormalizer: Normalizer {
    func normalize(_ text: inout NormalizedText) {
        text.transform { scalar, source, result in
            switch scalar {
            case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: break
            case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
                result.append(UInt8(ascii: " "), source: source)
            default: result.append(scalar: scalar, source: source)
            }
        }
    }

    var json: JSONValue { ["type": "Nmt"] }
}
