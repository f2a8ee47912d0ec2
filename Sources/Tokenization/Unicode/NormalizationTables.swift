/// What the Unicode normalization forms ask about a scalar, one bit each.
struct NormalizationClass: OptionSet, Sendable {
    let rawValue: UInt8
    /// Not the same after NFD, or a mark that may have to move.
    static let changedByNFD = NormalizationClass(rawValue: 1)
    static let changedByNFKD = NormalizationClass(rawValue: 2)
    /// Not the same after NFC, a mark, or a scalar that is composed with one before it.
    static let changedByNFC = NormalizationClass(rawValue: 4)
    static let changedByNFKC = NormalizationClass(rawValue: 8)
    /// Removed by the normalizer StripAccents, which knows more marks than BERT's own.
    static let combiningMark = NormalizationClass(rawValue: 16)
}

/// The normalization classes of every scalar and the compositions, equal to the Rust tokenizers' (see `UnicodeTables`).
struct NormalizationTables: Sendable {
    static let shared = NormalizationTables()

    let classes: [UInt8]
    private let compatibility: [UInt32: [UInt32]]
    /// By the pair that is composed: the first scalar shifted by 32 bits, and the second.
    private let compositions: [UInt64: UInt32]
    private let canonical = CanonicalDecomposition.shared

    private init() {
        let canonical = CanonicalDecomposition.shared
        var compatibility: [UInt32: [UInt32]] = [:]
        compatibility.reserveCapacity(4000)
        var reader = TableReader(UnicodeTables.compatibility)
        reader.readMappings { compatibility[UInt32($0)] = $1 }
        var excluded: Set<UInt32> = []
        reader = TableReader(UnicodeTables.compositionExclusion)
        reader.readRuns { scalars in excluded.formUnion(scalars.lazy.map(UInt32.init)) }
        let compositions = Self.compositions(canonical, excluded)

        var classes = [UInt8](repeating: 0, count: 0x110000)
        func mark(_ scalar: UInt32, _ added: NormalizationClass) { classes[Int(scalar)] |= added.rawValue }
        for scalar in canonical.composedScalars { mark(UInt32(scalar), [.changedByNFD, .changedByNFKD]) }
        for scalar in compatibility.keys { mark(scalar, [.changedByNFKD, .changedByNFKC]) }
        for scalar in canonical.marks { mark(scalar, [.changedByNFC, .changedByNFKC]) }
        for (scalar, parts) in canonical.mappings where parts.count == 1 || excluded.contains(scalar) {
            mark(scalar, [.changedByNFC, .changedByNFKC])
        }
        for pair in compositions.keys {
            mark(UInt32(truncatingIfNeeded: pair), [.changedByNFC, .changedByNFKC])
        }
        for scalar in Hangul.vowels { mark(scalar, [.changedByNFC, .changedByNFKC]) }
        for scalar in Hangul.trailing { mark(scalar, [.changedByNFC, .changedByNFKC]) }
        reader = TableReader(UnicodeTables.combiningMark)
        reader.readRuns { scalars in
            for scalar in scalars { classes[scalar] |= NormalizationClass.combiningMark.rawValue }
        }
        self.classes = classes
        self.compatibility = compatibility
        self.compositions = compositions
    }

    /// The pairs that make a scalar: its decomposition without the last part, composed, and the last part.
    private static func compositions(
        _ canonical: CanonicalDecomposition, _ excluded: Set<UInt32>
    ) -> [UInt64: UInt32] {
        var compositions: [UInt64: UInt32] = [:]
        compositions.reserveCapacity(1000)
        let composed = canonical.mappings.filter { $0.value.count > 1 && !excluded.contains($0.key) }
        for (scalar, parts) in composed.sorted(by: { $0.value.count < $1.value.count }) {
            var first: UInt32? = parts[0]
            for part in parts[1..<(parts.count - 1)] {
                first = first.flatMap { compositions[UInt64($0) << 32 | UInt64(part)] }
            }
            guard let first else { continue }
            compositions[UInt64(first) << 32 | UInt64(parts[parts.count - 1])] = scalar
        }
        return compositions
    }

    func combiningClass(_ scalar: UInt32) -> UInt8 {
        classes[Int(scalar)] & NormalizationClass.changedByNFD.rawValue == 0 ? 0 : canonical.combiningClass(scalar)
    }

    /// Calls `body` with each part of the full decomposition: the scalar itself where it has none.
    func forEachPart(of scalar: UInt32, compatible: Bool, _ body: (UInt32) -> Void) {
        if compatible, let parts = compatibility[scalar] {
            for part in parts { body(part) }
        } else if classes[Int(scalar)] & NormalizationClass.changedByNFD.rawValue != 0 {
            canonical.forEachPart(of: scalar, body)
        } else {
            body(scalar)
        }
    }

    /// The scalar that two scalars in a row make; nil where they make none.
    func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
        Hangul.composition(first, second) ?? compositions[UInt64(first) << 32 | UInt64(second)]
    }
}

/// Korean syllables, whose parts follow from their numbers.
enum Hangul {
    static let syllables: Range<UInt32> = 0xAC00..<(0xAC00 + 11172)
    static let leading: Range<UInt32> = 0x1100..<0x1113
    static let vowels: Range<UInt32> = 0x1161..<0x1176
    static let trailing: Range<UInt32> = 0x11A8..<0x11C3

    static func forEachPart(of syllable: UInt32, _ body: (UInt32) -> Void) {
        let index = syllable - syllables.lowerBound
        body(leading.lowerBound + index / 588)
        body(vowels.lowerBound + index % 588 / 28)
        if index % 28 != 0 { body(trailing.lowerBound - 1 + index % 28) }
    }

    static func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if leading.contains(first), vowels.contains(second) {
            return syllables.lowerBound
                + ((first - leading.lowerBound) * 21 + second - vowels.lowerBound) * 28
        }
        if syllables.contains(first), (first - syllables.lowerBound) % 28 == 0, trailing.contains(second) {
            return first + second - trailing.lowerBound + 1
        }
        return nil
    }
}
