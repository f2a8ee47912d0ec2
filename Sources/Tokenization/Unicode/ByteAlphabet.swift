/// The characters that byte-level tokenizers write bytes as: printable ones stand for themselves, all others are moved
/// to U+0100 and up, so that a space becomes `Ġ`.
enum ByteAlphabet {
    /// The scalar of each byte.
    static let scalars: [UInt32] = {
        var scalars: [UInt32] = []
        var moved: UInt32 = 0x100
        for byte: UInt32 in 0..<256 {
            if (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte) {
                scalars.append(byte)
            } else {
                scalars.append(moved)
                moved += 1
            }
        }
        return scalars
    }()

    /// The byte of each scalar below `bytes.count`; -1 where there is none.
    private static let bytes: [Int16] = {
        var bytes = [Int16](repeating: -1, count: 0x200)
        for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar)] = Int16(byte) }
        return bytes
    }()

    static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
        guard scalar.value < bytes.count else { return nil }
        return UInt8(exactly: bytes[Int(scalar.value)])
    }
}
