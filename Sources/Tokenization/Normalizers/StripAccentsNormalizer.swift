internal import OrderedJSON

/// Removes combining marks; accents must have been decomposed before.
///
/// BERT's own stripping removes fewer: the Rust tokenizers have two tables of different Unicode versions.
struct StripAccentsNormalizer: Normalizer {
    private static let marks: Set<UInt32> = {
        var marks: Set<UInt32> = []
        var reader = TableReader(UnicodeTables.combiningMark)
        reader.readRuns { scalars in marks.formUnion(scalars.lazy.map(UInt32.init)) }
        return marks
    }()

    func normalize(_ text: inout NormalizedText) {
        let marks = Self.marks
        text.transform { scalar, source, result in
            if scalar < 0x300 || !marks.contains(scalar) { result.append(scalar: scalar, source: source) }
        }
    }

    var json: JSONValue { ["type": "StripAccents"] }
}
