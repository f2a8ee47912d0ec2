/// The bytes of a short word, as something to look it up by.
struct WordKey: Equatable {
    /// Longer words have no key.
    static let limit = 31

    var first: UInt64
    var second: UInt64
    var third: UInt64
    /// The length is in the highest byte.
    var fourth: UInt64

    /// - Parameters:
    ///   - count: the word's length, from 1 to `limit`.
    ///   - available: how many bytes may be read from `bytes` on.
    @inline(__always)
    init(_ bytes: UnsafePointer<UInt8>, count: Int, available: Int) {
        guard available >= 32 else {
            self = WordKey(copying: bytes, count: count)
            return
        }
        let raw = UnsafeRawPointer(bytes)
        second = 0
        third = 0
        fourth = 0
        first = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
        if count < 8 {
            first &= Self.mask(count)
        } else {
            second = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            if count < 16 {
                second &= Self.mask(count - 8)
            } else {
                third = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
                if count < 24 {
                    third &= Self.mask(count - 16)
                } else {
                    fourth = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
                    fourth &= Self.mask(count - 24)
                }
            }
        }
        fourth |= UInt64(count) << 56
    }

    /// Near the end of a text, byte by byte.
    @inline(never)
    private init(copying bytes: UnsafePointer<UInt8>, count: Int) {
        (first, second, third, fourth) = (0, 0, 0, UInt64(count) << 56)
        for index in 0..<count {
            let byte = UInt64(bytes[index]) << UInt64(8 * (index & 7))
            switch index >> 3 {
            case 0: first |= byte
            case 1: second |= byte
            case 2: third |= byte
            default: fourth |= byte
            }
        }
    }

    /// The lowest `count` bytes, which are fewer than 8.
    @inline(__always)
    private static func mask(_ count: Int) -> UInt64 { (1 &<< UInt64(truncatingIfNeeded: 8 &* count)) &- 1 }

    @inline(__always)
    var isASCII: Bool { (first | second | third | fourth) & 0x8080_8080_8080_8080 == 0 }

    /// ASCII letters in lower case; the word must be in ASCII.
    @inline(__always)
    mutating func lowercaseASCII() {
        first = Self.lowercased(first)
        if second != 0 { second = Self.lowercased(second) }
        if third != 0 { third = Self.lowercased(third) }
        if fourth << 8 != 0 { fourth = Self.lowercased(fourth & ~(0xFF << 56)) | fourth & (0xFF << 56) }
    }

    /// Eight characters at once: the highest bit of each byte tells whether it is a capital.
    @inline(__always)
    private static func lowercased(_ bytes: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let fromA = bytes &+ ones &* UInt64(0x80 - UInt8(ascii: "A"))
        let afterZ = bytes &+ ones &* UInt64(0x7F - UInt8(ascii: "Z"))
        return bytes | ((fromA & ~afterZ & (ones << 7)) >> 2)
    }

    @inline(__always)
    var hash: UInt64 {
        var hash = Self.mixed(first ^ 0x9E37_79B9_7F4A_7C15, second ^ fourth ^ 0xD6E8_FEB8_6659_FD93)
        if third != 0 { hash = Self.mixed(hash ^ third, 0xA076_1D64_78BD_642F) }
        return hash
    }

    @inline(__always)
    private static func mixed(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}

/// The tokens of words met before. Each word has two places, and takes that of the earlier of two others, so that the
/// cache never grows.
///
/// Not for several threads: each worker has its own.
final class WordCache {
    /// A word's tokens with their lengths, `id << 8 | length`; 0 behind the last one.
    typealias PackedToken = UInt32
    /// Words of more tokens are not kept.
    static let tokenLimit = 8

    /// 32 bytes of key, 32 of tokens: one line of the processor's cache.
    private static let stride = 64
    private let memory: UnsafeMutableRawPointer
    private let mask: UInt64

    /// - Parameter capacity: how many words there is room for, a power of two.
    init(capacity: Int = 1 << 14) {
        memory = UnsafeMutableRawPointer.allocate(byteCount: capacity * Self.stride, alignment: Self.stride)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: capacity * Self.stride)
        mask = UInt64(capacity - 1)
    }

    deinit { memory.deallocate() }

    @inline(__always)
    private func entry(_ key: WordKey) -> UnsafeMutableRawPointer {
        memory + Int(truncatingIfNeeded: key.hash & mask) &* Self.stride
    }

    /// The other place of what belongs at `entry`: its neighbour.
    @inline(__always)
    private func second(_ entry: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        memory + ((entry - memory) ^ Self.stride)
    }

    /// The tokens of a word; nil where it is not here.
    @inline(__always)
    func find(_ key: WordKey) -> UnsafePointer<PackedToken>? {
        var entry = entry(key)
        if entry.load(as: WordKey.self) != key {
            entry = second(entry)
            guard entry.load(as: WordKey.self) == key else { return nil }
        }
        return UnsafePointer((entry + 32).assumingMemoryBound(to: PackedToken.self))
    }

    /// Keeps the tokens of a word, where there are few enough.
    func insert(_ key: WordKey, _ tokens: UnsafeBufferPointer<WordToken>) {
        guard tokens.count <= Self.tokenLimit else { return }
        let entry = entry(key)
        second(entry).copyMemory(from: entry, byteCount: Self.stride)
        entry.storeBytes(of: key, as: WordKey.self)
        let packed = (entry + 32).assumingMemoryBound(to: PackedToken.self)
        for index in 0..<Self.tokenLimit { packed[index] = index < tokens.count ? Self.packed(tokens[index]) : 0 }
    }

    private static func packed(_ token: WordToken) -> PackedToken {
        UInt32(bitPattern: token.id) << 8 | UInt32(bitPattern: token.length)
    }
}
