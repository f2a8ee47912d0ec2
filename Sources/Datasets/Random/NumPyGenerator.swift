internal import OrderedJSON

/// NumPy's `default_rng(seed)`, as far as shuffling and sampling need it: PCG64 (XSL-RR 128/64) seeded by `SeedSequence`, so that
/// the order of `Dataset.shuffle(seed:)` is Python's.
struct NumPyGenerator: Sendable {
    private var word: UInt128 = 0
    private let increment: UInt128
    /// The upper half of the last 64 bits, which the next 32-bit draw uses up.
    private var spare: UInt32?

    init(seed: UInt64) {
        let words = SeedSequence(seed).words(4)
        let start = UInt128(words[0]) << 64 | UInt128(words[1])
        let sequence = UInt128(words[2]) << 64 | UInt128(words[3])
        increment = sequence << 1 | 1
        step()
        word &+= start
        step()
    }

    private mutating func step() {
        let multiplier: UInt128 = 0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645
        word = word &* multiplier &+ increment
    }

    mutating func nextUInt64() -> UInt64 {
        step()
        let folded = UInt64(truncatingIfNeeded: word >> 64) ^ UInt64(truncatingIfNeeded: word)
        let rotation = UInt64(truncatingIfNeeded: word >> 122)
        return folded >> rotation | folded << ((64 &- rotation) & 63)
    }

    mutating func nextUInt32() -> UInt32 {
        if let half = spare {
            spare = nil
            return half
        }
        let both = nextUInt64()
        spare = UInt32(truncatingIfNeeded: both >> 32)
        return UInt32(truncatingIfNeeded: both)
    }

    /// A number in `0...limit`, as NumPy's `random_interval` draws it for shuffling: the bits that the limit needs, of
    /// 32 where they suffice, drawn again until they don't exceed it.
    mutating func next(through limit: UInt64) -> UInt64 {
        if limit == 0 { return 0 }
        let mask = UInt64.max >> UInt64(limit.leadingZeroBitCount)
        while true {
            let drawn = limit <= UInt64(UInt32.max) ? UInt64(nextUInt32()) : nextUInt64()
            if drawn & mask <= limit { return drawn & mask }
        }
    }

    /// As `permutation(count)`.
    mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        shuffle(&order)
        return order
    }

    /// As `shuffle` of a list.
    mutating func shuffle<Element>(_ elements: inout [Element]) {
        var last = elements.count - 1
        while last > 0 {
            elements.swapAt(last, Int(next(through: UInt64(last))))
            last -= 1
        }
    }

    /// As `bit_generator.state`, with the 128-bit numbers as text.
    var state: JSONValue {
        [
            "bit_generator": "PCG64",
            "state": ["state": .string(String(word)), "inc": .string(String(increment))],
            "has_uint32": .int(spare == nil ? 0 : 1), "uinteger": .int(Int(spare ?? 0)),
        ]
    }

    /// nil where it is no state of this generator.
    init?(state: JSONValue) {
        guard let word = state["state"]?["state"]?.stringValue.flatMap({ UInt128($0) }),
            let increment = state["state"]?["inc"]?.stringValue.flatMap({ UInt128($0) }),
            let spare = state["uinteger"]?.intValue.flatMap({ UInt32(exactly: $0) })
        else { return nil }
        self.word = word
        self.increment = increment
        self.spare = state["has_uint32"]?.intValue == 1 ? spare : nil
    }
}
