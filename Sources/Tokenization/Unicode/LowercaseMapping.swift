/// Lowercase of each scalar by itself, without regard to its neighbours (a final sigma is a sigma).
struct LowercaseMapping: Sendable {
    static let shared = LowercaseMapping()

    private let mapping: [UInt32: [UInt32]]

    private init() {
        var mapping: [UInt32: [UInt32]] = [:]
        mapping.reserveCapacity(1600)
        var reader = TableReader(UnicodeTables.lowercase)
        reader.readMappings { mapping[UInt32($0)] = $1 }
        self.mapping = mapping
    }

    /// The scalars with a lowercase other than themselves.
    var scalars: some Sequence<Int> { mapping.keys.lazy.map(Int.init) }

    /// The lowercase, or nil where the scalar is its own.
    subscript(scalar: UInt32) -> [UInt32]? { mapping[scalar] }
}
