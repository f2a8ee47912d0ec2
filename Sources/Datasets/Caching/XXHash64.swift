/// Y. Collet's XXH64 with seed 0, which Python's `datasets` has for fingerprints: fast, and no protection against
/// anyone who wants two contents to have one hash.
struct XXHash64 {
    private var lanes: (UInt64, UInt64, UInt64, UInt64) = (
        prime1 &+ prime2, prime2, 0, 0 &- prime1
    )
    private var length: UInt64 = 0
    /// Bytes that wait for a full block of 32.
    private var rest: [UInt8] = []

    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        length &+= UInt64(bytes.count)
        var place = 0
        if !rest.isEmpty {
            let taken = min(32 - rest.count, bytes.count)
            rest.append(contentsOf: bytes[..<taken])
            place = taken
            guard rest.count == 32 else { return }
            rest.withUnsafeBytes { mix($0, from: 0) }
            rest.removeAll(keepingCapacity: true)
        }
        let end = bytes.count - (bytes.count - place) % 32
        while place < end {
            mix(bytes, from: place)
            place += 32
        }
        rest.append(contentsOf: bytes[place...])
    }

    var value: UInt64 {
        var hash: UInt64
        if length >= 32 {
            hash =
                Self.rotated(lanes.0, 1) &+ Self.rotated(lanes.1, 7) &+ Self.rotated(lanes.2, 12)
                &+ Self.rotated(lanes.3, 18)
            for lane in [lanes.0, lanes.1, lanes.2, lanes.3] {
                hash = (hash ^ Self.round(0, lane)) &* Self.prime1 &+ Self.prime4
            }
        } else {
            hash = Self.prime5
        }
        hash &+= length
        rest.withUnsafeBytes { bytes in
            var place = 0
            while place + 8 <= bytes.count {
                hash = Self.rotated(hash ^ Self.round(0, Self.word(bytes, place)), 27) &* Self.prime1 &+ Self.prime4
                place += 8
            }
            if place + 4 <= bytes.count {
                let half = UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
                hash = Self.rotated(hash ^ half &* Self.prime1, 23) &* Self.prime2 &+ Self.prime3
                place += 4
            }
            for byte in bytes[place...] {
                hash = Self.rotated(hash ^ UInt64(byte) &* Self.prime5, 11) &* Self.prime1
            }
        }
        hash = (hash ^ hash >> 33) &* Self.prime2
        hash = (hash ^ hash >> 29) &* Self.prime3
        return hash ^ hash >> 32
    }

    private mutating func mix(_ bytes: UnsafeRawBufferPointer, from place: Int) {
        lanes.0 = Self.round(lanes.0, Self.word(bytes, place))
        lanes.1 = Self.round(lanes.1, Self.word(bytes, place + 8))
        lanes.2 = Self.round(lanes.2, Self.word(bytes, place + 16))
        lanes.3 = Self.round(lanes.3, Self.word(bytes, place + 24))
    }

    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotated(lane &+ word &* prime2, 31) &* prime1
    }

    private static func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 &- bits) }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }
}
