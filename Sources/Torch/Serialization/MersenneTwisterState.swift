/// The state of the Mersenne Twister (MT19937) that Python's `random` and NumPy's legacy generator use.
///
/// A checkpoint holds these states beside libtorch's own; what is kept is what Python would hold after `set_seed`, where
/// nothing has drawn from them since.
public struct MersenneTwisterState: Sendable, Hashable {
    /// Words of the state.
    public static let size = 624

    /// The 624 words.
    public var key: [UInt32]
    /// The next word to use; 624 where all are used up.
    public var position: Int

    /// The state after Python's `random.seed(seed)`.
    ///
    /// Python takes the seed's magnitude, so that `-1` and `1` give the same state.
    public static func python(seed: Int) -> MersenneTwisterState {
        let magnitude = seed.magnitude
        let words = [UInt32(truncatingIfNeeded: magnitude), UInt32(truncatingIfNeeded: magnitude >> 32)]
        return MersenneTwisterState(key: initialize(byArray: words[1] == 0 ? [words[0]] : words), position: size)
    }

    /// The state after `numpy.random.seed(seed)`.
    public static func numpy(seed: UInt32) -> MersenneTwisterState {
        MersenneTwisterState(key: initialize(seed: seed), position: size)
    }

    /// The generator's authors' initialisation from one word.
    private static func initialize(seed: UInt32) -> [UInt32] {
        var key = [seed]
        for index in 1..<size {
            let previous = key[index - 1]
            key.append(1_812_433_253 &* (previous ^ (previous >> 30)) &+ UInt32(index))
        }
        return key
    }

    /// The generator's authors' initialisation from several words.
    private static func initialize(byArray words: [UInt32]) -> [UInt32] {
        var key = initialize(seed: 19_650_218)
        var index = 1
        func mixed(_ multiplier: UInt32) -> UInt32 {
            let previous = key[index - 1]
            return key[index] ^ ((previous ^ (previous >> 30)) &* multiplier)
        }
        func advance() {
            index += 1
            if index == size {
                key[0] = key[size - 1]
                index = 1
            }
        }
        for step in 0..<max(size, words.count) {
            let word = step % words.count
            key[index] = mixed(1_664_525) &+ words[word] &+ UInt32(word)
            advance()
        }
        for _ in 1..<size {
            key[index] = mixed(1_566_083_941) &- UInt32(index)
            advance()
        }
        key[0] = 0x8000_0000
        return key
    }
}
