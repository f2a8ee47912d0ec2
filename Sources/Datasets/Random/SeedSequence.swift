/// NumPy's `SeedSequence` for one non-negative integer: spreads a seed over as many well-mixed words as are asked for
/// (M. E. O'Neill's `seed_seq_fe`). The arithmetic wraps around at 32 bits.
struct SeedSequence {
    private var pool: [UInt32] = []

    init(_ seed: UInt64) {
        // The seed's 32-bit words, the lowest first, padded to the pool's four.
        let entropy = [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32), 0, 0]
        var multiplier: UInt32 = 0x43b0_d7e5
        func hash(_ word: UInt32) -> UInt32 {
            let first = word ^ multiplier
            multiplier = multiplier &* 0x931e_8875
            let product = first &* multiplier
            return product ^ product >> 16
        }
        pool = entropy.map(hash)
        for source in 0..<4 {
            for target in 0..<4 where target != source {
                let mixed = pool[target] &* 0xca01_f9dd &- hash(pool[source]) &* 0x4973_f715
                pool[target] = mixed ^ mixed >> 16
            }
        }
    }

    /// As `generate_state(count, numpy.uint64)`.
    func words(_ count: Int) -> [UInt64] {
        var multiplier: UInt32 = 0x8b51_f9dd
        let halves = (0..<count * 2).map { index in
            let first = pool[index % 4] ^ multiplier
            multiplier = multiplier &* 0x58f3_8ded
            let product = first &* multiplier
            return product ^ product >> 16
        }
        return (0..<count).map { UInt64(halves[2 * $0]) | UInt64(halves[2 * $0 + 1]) << 32 }
    }
}
