/// What the rules of grapheme boundaries ask about a scalar; the raw values are those of `UnicodeTables.graphemeClass`.
enum GraphemeClass: UInt8, Sendable {
    case other
    case control
    case extend
    /// Extends, and stands between consonants of a conjunct.
    case conjunctExtend
    /// Joins two consonants to a conjunct.
    case linker
    case spacingMark
    case prepend
    case hangulL, hangulV, hangulT, hangulLV, hangulLVT
    case pictograph
    case consonant
    case joiner, regionalIndicator, carriageReturn, newline
}

/// Divides text into graphemes (extended grapheme clusters) as the Rust tokenizers do.
struct GraphemeBreaks: Sendable {
    static let shared = GraphemeBreaks()

    private let classes: [UInt8]

    private init() {
        var classes = [UInt8](repeating: 0, count: 0x110000)
        var reader = TableReader(UnicodeTables.graphemeClass)
        reader.isGrouped = true
        while !reader.isAtEnd {
            let graphemeClass = UInt8(truncatingIfNeeded: reader.readNumber().value)
            reader.readRuns { scalars in for scalar in scalars { classes[scalar] = graphemeClass } }
        }
        for scalar in Hangul.syllables {
            let isOpen = (scalar - Hangul.syllables.lowerBound) % 28 == 0
            classes[Int(scalar)] = (isOpen ? GraphemeClass.hangulLV : .hangulLVT).rawValue
        }
        for scalar in 0x1F1E6...0x1F1FF { classes[scalar] = GraphemeClass.regionalIndicator.rawValue }
        classes[0x200D] = GraphemeClass.joiner.rawValue
        classes[0x0D] = GraphemeClass.carriageReturn.rawValue
        classes[0x0A] = GraphemeClass.newline.rawValue
        self.classes = classes
    }

    /// The end of the grapheme that begins at `start`.
    @inline(__always)
    func end(of start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        if start + 1 < bytes.count, bytes[start] < 0x80, bytes[start + 1] < 0x80, bytes[start] != 0x0D {
            return start + 1
        }
        return longEnd(of: start, in: bytes)
    }

    private func longEnd(of start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var position = start
        var state = State(graphemeClass(bytes, &position))
        while position < bytes.count {
            let end = position
            if state.isBoundary(before: graphemeClass(bytes, &position)) { return end }
        }
        return position
    }

    private func graphemeClass(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> GraphemeClass {
        GraphemeClass(rawValue: classes[Int(UTF8Scalars.decode(bytes, &position))]) ?? .other
    }

    /// What the rules remember of a grapheme.
    private struct State {
        private var last: GraphemeClass
        /// Whether there is a pictograph that only extenders follow.
        private var endsInPictograph: Bool
        /// Whether a joiner stands behind such a pictograph.
        private var endsInJoinedPictograph = false
        /// Whether there is a consonant that only extenders and linkers follow, and a linker among them.
        private var endsInConsonant: Bool
        private var hasLinker = false
        private var hasOddIndicators: Bool

        init(_ first: GraphemeClass) {
            last = first
            endsInPictograph = first == .pictograph
            endsInConsonant = first == .consonant
            hasOddIndicators = first == .regionalIndicator
        }

        mutating func isBoundary(before next: GraphemeClass) -> Bool {
            if breaks(before: next) { return true }
            switch next {
            case .extend, .conjunctExtend, .linker: endsInJoinedPictograph = false
            case .joiner:
                endsInJoinedPictograph = endsInPictograph
                endsInPictograph = false
            default:
                endsInPictograph = next == .pictograph
                endsInJoinedPictograph = false
            }
            switch next {
            case .linker: hasLinker = endsInConsonant
            case .conjunctExtend, .joiner: break
            default:
                endsInConsonant = next == .consonant
                hasLinker = false
            }
            hasOddIndicators = next == .regionalIndicator && !hasOddIndicators
            last = next
            return false
        }

        private func breaks(before next: GraphemeClass) -> Bool {
            switch (last, next) {
            case (.carriageReturn, .newline): false
            case (.control, _), (.carriageReturn, _), (.newline, _): true
            case (_, .control), (_, .carriageReturn), (_, .newline): true
            case (.hangulL, .hangulL), (.hangulL, .hangulV), (.hangulL, .hangulLV), (.hangulL, .hangulLVT): false
            case (.hangulLV, .hangulV), (.hangulV, .hangulV), (.hangulLV, .hangulT), (.hangulV, .hangulT): false
            case (.hangulLVT, .hangulT), (.hangulT, .hangulT): false
            case (_, .extend), (_, .conjunctExtend), (_, .linker), (_, .joiner), (_, .spacingMark): false
            case (.prepend, _): false
            case (_, .consonant): !(endsInConsonant && hasLinker)
            case (.joiner, .pictograph): !endsInJoinedPictograph
            case (.regionalIndicator, .regionalIndicator): !hasOddIndicators
            default: true
            }
        }
    }
}
