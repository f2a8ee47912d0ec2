internal import OrderedJSON

/// Canonical decomposition.
///
/// Sources follow the Rust tokenizers': after marks have been put in order, the scalars that stand for one of the
/// input take the input's places one after the other, and added ones share the place before them.
struct NFDNormalizer: Normalizer {
    private struct Part {
        let scalar: UInt32
        let combiningClass: UInt8
        /// Whether this is a further part of a decomposed scalar.
        let isAdded: Bool
    }

    func normalize(_ text: inout NormalizedText) {
        let classes = CharacterClasses.shared
        var needed = false
        text.forEachScalar { scalar, _ in needed = needed || classes[scalar].contains(.composed) }
        guard needed else { return }

        let tables = CanonicalDecomposition.shared
        var parts: [Part] = []
        var inputSources: [Int32] = []
        text.forEachScalar { scalar, source in
            inputSources.append(source)
            guard classes[scalar].contains(.composed) else {
                return parts.append(Part(scalar: scalar, combiningClass: 0, isAdded: false))
            }
            var isAdded = false
            tables.forEachPart(of: scalar) { part in
                let combiningClass = tables.combiningClass(part)
                parts.append(Part(scalar: part, combiningClass: combiningClass, isAdded: isAdded))
                isAdded = true
            }
        }
        Self.order(&parts)

        var result = NormalizedText()
        var next = 0
        for part in parts {
            if !part.isAdded { next += 1 }
            result.append(scalar: part.scalar, source: inputSources[max(0, next - 1)])
        }
        text = result
    }

    /// Sorts each run of marks by combining class, equal ones staying in order.
    private static func order(_ parts: inout [Part]) {
        var start = 0
        while start < parts.count {
            guard parts[start].combiningClass != 0 else {
                start += 1
                continue
            }
            var end = start + 1
            while end < parts.count, parts[end].combiningClass != 0 { end += 1 }
            if end - start > 1 {
                let run = parts[start..<end].enumerated().sorted {
                    ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
                }
                parts.replaceSubrange(start..<end, with: run.map(\.element))
            }
            start = end
        }
    }

    var json: JSONValue { ["type": "NFD"] }
}
