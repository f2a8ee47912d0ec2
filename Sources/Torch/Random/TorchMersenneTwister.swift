/// PyTorch's generator of the CPU (MT19937), number by number: the same draws as `torch.bernoulli` and `torch.randint`
/// make with a `torch.Generator` of that seed.
///
/// For random choices whose numbers must equal Python's, made on whichever thread, without the default generator.
public struct TorchMersenneTwister: Sendable {
    private static let size = 624

    private var state: [UInt32]
    /// Draws until the state is used up; 1: the next draw makes a new one.
    private var left: Int
    private var place: Int

    /// `torch.Generator().manual_seed(seed)`; of the seed its lower 32 bits count, as there.
    public init(seed: Int) {
        var state = [UInt32(truncatingIfNeeded: seed)]
        state.reserveCapacity(Self.size)
        for index in 1..<Self.size {
            let previous = state[index - 1]
            state.append(1_812_433_253 &* (previous ^ (previous >> 30)) &+ UInt32(index))
        }
        self.state = state
        left = 1
        place = 0
    }

    /// 32 random bits.
    public mutating func next() -> UInt32 {
        left -= 1
        if left <= 0 { twist() }
        var word = state[place]
        place += 1
        word ^= word >> 11
        word ^= (word << 7) & 0x9D2C_5680
        word ^= (word << 15) & 0xEFC6_0000
        return word ^ (word >> 18)
    }

    /// A number in [0, 1), as `torch.rand` draws a float32.
    public mutating func uniform() -> Float { Float(next() & 0xFF_FFFF) * 0x1p-24 }

    /// True with probability `p`, as `torch.bernoulli` draws from a float32 tensor.
    public mutating func bernoulli(_ p: Float) -> Bool { uniform() < p }

    /// An integer in `0..<bound`, as `torch.randint` draws it; `bound` is below 2³².
    public mutating func randint(_ bound: UInt32) -> UInt32 { next() % bound }

    private mutating func twist() {
        let size = Self.size
        let shift = 397
        state.withUnsafeMutableBufferPointer { state in
            for index in 0..<size {
                let mixed = (state[index] & 0x8000_0000) | (state[(index + 1) % size] & 0x7FFF_FFFF)
                let twisted = (mixed >> 1) ^ (mixed & 1 == 0 ? 0 : 0x9908_B0DF)
                state[index] = state[(index + shift) % size] ^ twisted
            }
        }
        left = size
        place = 0
    }
}

extension Generator {
    /// Calls `body` with the numbers that this generator would draw next, and goes on behind those that it took.
    ///
    /// Only for the CPU's generator. The thread must be the one that draws from it otherwise.
    public func withTwister<Result>(_ body: (inout TorchMersenneTwister) throws -> Result) rethrows -> Result {
        precondition(device == .cpu, "the generator of \(device) is no Mersenne Twister")
        let saved = state()
        var bytes = saved.array(of: UInt8.self)
        var twister = TorchMersenneTwister(state: bytes)
        let result = try body(&twister)
        twister.write(to: &bytes)
        setState(Tensor(bytes))
        return result
    }
}

extension TorchMersenneTwister {
    /// Where the fields are in the bytes of `torch.get_rng_state()`: the seed (8 bytes), draws left (4), whether seeded
    /// (4), the place (8), and 624 words of 8 bytes.
    private enum Offset {
        static let left = 8
        static let place = 16
        static let words = 24
        static let end = words + 8 * size
    }

    /// - Parameter bytes: what `Generator.state()` gives.
    init(state bytes: [UInt8]) {
        precondition(bytes.count >= Offset.end, "the state of a generator has \(bytes.count) bytes")
        self = bytes.withUnsafeBytes { raw in
            var twister = TorchMersenneTwister(seed: 0)
            twister.left = Int(raw.loadUnaligned(fromByteOffset: Offset.left, as: Int32.self))
            twister.place = Int(raw.loadUnaligned(fromByteOffset: Offset.place, as: UInt64.self))
            for index in 0..<Self.size {
                twister.state[index] = UInt32(
                    truncatingIfNeeded: raw.loadUnaligned(fromByteOffset: Offset.words + 8 * index, as: UInt64.self))
            }
            return twister
        }
    }

    /// Puts the place and the words into a state's bytes.
    func write(to bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { raw in
            raw.storeBytes(of: Int32(left), toByteOffset: Offset.left, as: Int32.self)
            raw.storeBytes(of: UInt64(place), toByteOffset: Offset.place, as: UInt64.self)
            for index in 0..<Self.size {
                raw.storeBytes(of: UInt64(state[index]), toByteOffset: Offset.words + 8 * index, as: UInt64.self)
            }
        }
    }
}
