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

    /// A number in `0...limit`, by Lemire's method as NumPy draws it: with 32 bits where they suffice.
    private mutating func next(through limit: UInt64) -> UInt64 {
        if limit == 0 { return 0 }
        if limit < UInt64(UInt32.max) {
            let range = UInt32(limit) + 1
            var product = UInt64(nextUInt32()) * UInt64(range)
            if UInt32(truncatingIfNeeded: product) < range {
                let threshold = (0 &- range) % range
                while UInt32(truncatingIfNeeded: product) < threshold {
                    product = UInt64(nextUInt32()) * UInt64(range)
                }
            }
            return product >> 32
        }
        if limit == UInt64(UInt32.max) { return UInt64(nextUInt32()) }
        let range = limit + 1
        var product = nextUInt64().multipliedFullWidth(by: range)
        if product.low < range {
            let threshold = (0 &- range) % range
            while product.low < threshold { product = nextUInt64().multipliedFullWidth(by: range) }
        }
        return product.high
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
