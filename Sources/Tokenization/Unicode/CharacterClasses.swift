/// What BERT's normalizer and pre-tokenizer ask about a scalar, one bit each.
struct CharacterClass: OptionSet, Sendable {
    let rawValue: UInt8
    /// Removed by text cleaning.
    static let control = CharacterClass(rawValue: 1)
    /// Turned into a space by text cleaning.
    static let cleanedToSpace = CharacterClass(rawValue: 2)
    /// Separates words.
    static let whitespace = CharacterClass(rawValue: 4)
    static let chinese = CharacterClass(rawValue: 8)
    static let nonspacingMark = CharacterClass(rawValue: 16)
    static let punctuation = CharacterClass(rawValue: 32)
    /// Has a lowercase other than itself.
    static let cased = CharacterClass(rawValue: 64)
    /// Decomposes, or has a combining class: canonical decomposition must look at it.
    static let composed = CharacterClass(rawValue: 128)
}

/// The character classes of every scalar, equal to the Rust tokenizers' (see `UnicodeTables`).
///
/// One byte for each scalar: 1.1 MB of which only the pages of scripts in use are ever touched again.
struct CharacterClasses: Sendable {
    static let shared = CharacterClasses()

    let table: [UInt8]

    private init() {
        var table = [UInt8](repeating: 0, count: 0x110000)
        func mark(_ runs: StaticString, _ classes: CharacterClass) {
            var reader = TableReader(runs)
            reader.readRuns { scalars in for scalar in scalars { table[scalar] |= classes.rawValue } }
        }
        mark(UnicodeTables.control, .control)
        mark(UnicodeTables.cleanedToSpace, [.cleanedToSpace, .whitespace])
        mark(UnicodeTables.otherWhitespace, .whitespace)
        mark(UnicodeTables.chinese, .chinese)
        mark(UnicodeTables.nonspacingMark, .nonspacingMark)
        mark(UnicodeTables.punctuation, .punctuation)
        for scalar in LowercaseMapping.shared.scalars { table[scalar] |= CharacterClass.cased.rawValue }
        for scalar in CanonicalDecomposition.shared.composedScalars {
            table[scalar] |= CharacterClass.composed.rawValue
        }
        self.table = table
    }

    subscript(scalar: UInt32) -> CharacterClass { CharacterClass(rawValue: table[Int(scalar)]) }
}
