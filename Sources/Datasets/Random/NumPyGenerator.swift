/// NumPy's `default_rng(seed)`, as far as shuffling needs it: PCG64 (XSL-RR 128/64) seeded by `SeedSequence`, so that
/// the order of `Dataset.shuffle(seed:)` is Python's.
struct NumPyGenerator {
    private var state: UInt128 = 0
    private let increment: UInt128
    /// The upper half of the last 64 bits, which the next 32-bit draw uses up.
    private var spare: UInt32?

    init(seed: UInt64) {
        let words = SeedSequence(seed).words(4)
        let start = UInt128(words[0]) << 64 | UInt128(words[1])
        let sequence = UInt128(words[2]) << 64 | UInt128(words[3])
        increment = sequence << 1 | 1
        step()
        state &+= start
        step()
    }

    private mutating func step() {
        let multiplier: UInt128 = 0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645
        state = state &* multiplier &+ increment
    }

    mutating func nextUInt64() -> UInt64 {
        step()
        let folded = UInt64(truncatingIfNeeded: state >> 64) ^ UInt64(truncatingIfNeeded: state)
        let rotation = UInt64(truncatingIfNeeded: state >> 122)
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
    private mutating func next(through limit: UInt64) -> UInt64 {
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
        var last = count - 1
        while last > 0 {
            order.swapAt(last, Int(next(through: UInt64(last))))
            last -= 1
        }
        return order
    }
}
