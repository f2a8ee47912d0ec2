/// Text on its way through the pipeline, in UTF-8, with the place in the original that each byte comes from.
///
/// Offsets count Unicode scalars of the original text, as Python's do. A byte's source is the scalar that it was made
/// from; an inserted byte has the source of what it was inserted behind.
struct NormalizedText: Sendable {
    /// The text now; always valid UTF-8.
    var bytes: [UInt8] = []
    /// For each byte the index of its scalar in the original text; `~index` where the byte was inserted before every
    /// scalar and stands for none. Places are read through `originalRange`.
    var sources: [Int32] = []
    /// What went wrong in a normalizer, which leaves the text unfinished.
    var failure: TokenizerError?

    func checkFailure() throws(TokenizerError) {
        if let failure { throw failure }
    }

    mutating func removeAll() {
        failure = nil
        bytes.removeAll(keepingCapacity: true)
        sources.removeAll(keepingCapacity: true)
    }

    mutating func append(_ byte: UInt8, source: Int32) {
        bytes.append(byte)
        sources.append(source)
    }

    mutating func append(scalar: UInt32, source: Int32) {
        UTF8Scalars.forEachByte(of: scalar) { append($0, source: source) }
    }

    mutating func append(_ other: NormalizedText, _ range: Range<Int>) {
        bytes.append(contentsOf: other.bytes[range])
        sources.append(contentsOf: other.sources[range])
    }

    /// Appends the original's bytes as they are, the first being part of scalar number `firstScalar`.
    mutating func append(original: UnsafeBufferPointer<UInt8>, firstScalar: Int32) {
        bytes.append(contentsOf: original)
        var scalar = firstScalar - 1
        for byte in original {
            if byte & 0xC0 != 0x80 { scalar += 1 }
            sources.append(scalar)
        }
    }

    /// Replaces everything by a piece of the original, whose first scalar has number `firstScalar`: normalized, or as it is
    /// without a normalizer. `checkFailure` tells whether that went well.
    mutating func fill(
        with original: UnsafeBufferPointer<UInt8>, firstScalar: Int32, _ normalizer: (any Normalizer)?
    ) {
        removeAll()
        if let normalizer {
            normalizer.normalize(original: original, firstScalar: firstScalar, into: &self)
        } else {
            append(original: original, firstScalar: firstScalar)
        }
    }

    /// The place of what is inserted before everything.
    var startSource: Int32 {
        guard let first = sources.first else { return ~0 }
        return first < 0 ? first : ~first
    }

    /// The part of the original that `range` (of bytes here) comes from, in scalars.
    func originalRange(_ range: Range<Int>) -> SIMD2<Int32> {
        guard !range.isEmpty else { return SIMD2(0, 0) }
        let start = sources[range.lowerBound]
        let end = sources[range.upperBound - 1]
        return SIMD2(start < 0 ? ~start : start, end < 0 ? ~end : end + 1)
    }

    /// The part `range` (of bytes) as a text of its own.
    func slice(_ range: Range<Int>) -> NormalizedText {
        NormalizedText(bytes: Array(bytes[range]), sources: Array(sources[range]))
    }

    /// The scalars with their sources.
    func forEachScalar(_ body: (_ scalar: UInt32, _ source: Int32) -> Void) {
        var position = 0
        bytes.withUnsafeBufferPointer { bytes in
            while position < bytes.count {
                let source = sources[position]
                body(UTF8Scalars.decode(bytes, &position), source)
            }
        }
    }

    /// Rewrites the text scalar by scalar: `body` appends to the new text what takes the scalar's place.
    mutating func transform(_ body: (_ scalar: UInt32, _ source: Int32, _ result: inout NormalizedText) -> Void) {
        var result = NormalizedText()
        result.bytes.reserveCapacity(bytes.count + 16)
        result.sources.reserveCapacity(bytes.count + 16)
        forEachScalar { body($0, $1, &result) }
        self = result
    }
}

/// UTF-8 that is known to be valid.
enum UTF8Scalars {
    /// How many bytes the scalar has that begins with `first`.
    @inline(__always)
    static func width(_ first: UInt8) -> Int { first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4 }

    /// The scalar at `position`, which moves behind it.
    @inline(__always)
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> UInt32 {
        let first = bytes[position]
        position += 1
        if first < 0x80 { return UInt32(first) }
        let continuations = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3
        var scalar = UInt32(first) & (0x3F >> UInt32(continuations))
        for _ in 0..<continuations where position < bytes.count {
            scalar = scalar << 6 | UInt32(bytes[position] & 0x3F)
            position += 1
        }
        return scalar
    }

    @inline(__always)
    static func forEachByte(of scalar: UInt32, _ body: (UInt8) -> Void) {
        func trailing(_ shift: UInt32) { body(0x80 | UInt8(truncatingIfNeeded: scalar >> shift & 0x3F)) }
        switch scalar {
        case ..<0x80: body(UInt8(truncatingIfNeeded: scalar))
        case ..<0x800:
            body(0xC0 | UInt8(truncatingIfNeeded: scalar >> 6))
            trailing(0)
        case ..<0x10000:
            body(0xE0 | UInt8(truncatingIfNeeded: scalar >> 12))
            trailing(6)
            trailing(0)
        default:
            body(0xF0 | UInt8(truncatingIfNeeded: scalar >> 18))
            trailing(12)
            trailing(6)
            trailing(0)
        }
    }
}
