/// What the pre-tokenizers' patterns ask about a scalar, one bit each, as the Rust tokenizers answer it.
struct PatternClass: OptionSet, Sendable {
    let rawValue: UInt8
    /// `\p{L}`
    static let letter = PatternClass(rawValue: 1)
    /// `\p{N}`
    static let number = PatternClass(rawValue: 2)
    /// `\s`
    static let space = PatternClass(rawValue: 4)
    /// Carriage return and line feed.
    static let newline = PatternClass(rawValue: 8)
    /// A digit of the pre-tokenizer Digits.
    static let numeric = PatternClass(rawValue: 16)
    /// `\w` of the pre-tokenizer Whitespace and of whole-word added tokens.
    static let word = PatternClass(rawValue: 32)
}

/// The pattern classes of every scalar (see `UnicodeTables`), one byte each.
struct PatternClasses: Sendable {
    static let shared = PatternClasses()

    /// By scalar. Filled once and never freed or written again, so that any thread may read it.
    nonisolated(unsafe) let table: UnsafePointer<UInt8>

    private init() {
        let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 0x110000)
        table.initialize(repeating: 0, count: 0x110000)
        func mark(_ runs: StaticString, _ characterClass: PatternClass) {
            var reader = TableReader(runs)
            reader.readRuns { scalars in for scalar in scalars { table[scalar] |= characterClass.rawValue } }
        }
        mark(UnicodeTables.letter, .letter)
        mark(UnicodeTables.number, .number)
        mark(UnicodeTables.space, .space)
        mark(UnicodeTables.numeric, .numeric)
        mark(UnicodeTables.word, .word)
        for newline: Character in ["\n", "\r"] {
            for byte in newline.utf8 { table[Int(byte)] |= PatternClass.newline.rawValue }
        }
        self.table = UnsafePointer(table)
    }

    @inline(__always)
    subscript(scalar: UInt32) -> PatternClass { PatternClass(rawValue: table[Int(scalar)]) }
}
