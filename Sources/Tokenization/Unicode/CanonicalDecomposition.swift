/// Canonical decompositions and combining classes (the tables of NFD).
struct CanonicalDecomposition: Sendable {
    static let shared = CanonicalDecomposition()

    private let decompositions: [UInt32: [UInt32]]
    private let combiningClasses: [UInt32: UInt8]
    private static let hangul: Range<UInt32> = 0xAC00..<(0xAC00 + 11172)

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
        self.decompositions = decompositions
        combiningClasses = classes
    }

    /// Every scalar that decomposes or has a combining class other than 0.
    var composedScalars: [Int] {
        decompositions.keys.map(Int.init) + combiningClasses.keys.map(Int.init) + Self.hangul.map(Int.init)
    }

    func combiningClass(_ scalar: UInt32) -> UInt8 { combiningClasses[scalar] ?? 0 }

    /// Calls `body` with each part of the full decomposition: the scalar itself where it has none.
    func forEachPart(of scalar: UInt32, _ body: (UInt32) -> Void) {
        if Self.hangul.contains(scalar) {
            let index = scalar - Self.hangul.lowerBound
            body(0x1100 + index / 588)
            body(0x1161 + index % 588 / 28)
            if index % 28 != 0 { body(0x11A7 + index % 28) }
        } else if let parts = decompositions[scalar] {
            for part in parts { body(part) }
        } else {
            body(scalar)
        }
    }
}
