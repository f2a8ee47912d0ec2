/// Canonical decompositions and combining classes (the tables of NFD).
struct CanonicalDecomposition: Sendable {
    static let shared = CanonicalDecomposition()

    /// The decompositions but Hangul's.
    let mappings: [UInt32: [UInt32]]
    private let combiningClasses: [UInt32: UInt8]

    private init() {
        var decompositions: [UInt32: [UInt32]] = [:]
        decompositions.reserveCapacity(2200)
        var reader = TableReader(UnicodeTables.decomposition)
        reader.readMappings { decompositions[UInt32($0)] = $1 }
        var classes: [UInt32: UInt8] = [:]
        classes.reserveCapacity(1000)
        reader = TableReader(UnicodeTables.combiningClass)
        reader.isGrouped = true
        while !reader.isAtEnd {
            let combiningClass = UInt8(truncatingIfNeeded: reader.readNumber().value)
            reader.readRuns { scalars in for scalar in scalars { classes[UInt32(scalar)] = combiningClass } }
        }
        mappings = decompositions
        combiningClasses = classes
    }

    /// Every scalar that decomposes or has a combining class other than 0.
    var composedScalars: [Int] {
        mappings.keys.map(Int.init) + combiningClasses.keys.map(Int.init) + Hangul.syllables.map(Int.init)
    }

    /// The scalars with a combining class other than 0.
    var marks: some Sequence<UInt32> { combiningClasses.keys }

    func combiningClass(_ scalar: UInt32) -> UInt8 { combiningClasses[scalar] ?? 0 }

    /// Calls `body` with each part of the full decomposition: the scalar itself where it has none.
    func forEachPart(of scalar: UInt32, _ body: (UInt32) -> Void) {
        if Hangul.syllables.contains(scalar) {
            Hangul.forEachPart(of: scalar, body)
        } else if let parts = mappings[scalar] {
            for part in parts { body(part) }
        } else {
            body(scalar)
        }
    }
}
