/// Writes the new form of a text scalar by scalar and gives each scalar the place that the Rust tokenizers give it.
///
/// As there, each new scalar comes with a change: 0 where it takes the place of the next scalar of the old text, -n
/// where it does so and n more are removed after that one, 1 where it is added, which puts it where the last scalar
/// taken was.
struct TextRewriter {
    private let old: NormalizedText
    /// How many bytes of the old text have been used.
    private(set) var position = 0
    private var result = NormalizedText()

    init(_ old: NormalizedText) {
        self.old = old
        result.bytes.reserveCapacity(old.bytes.count + 16)
        result.sources.reserveCapacity(old.bytes.count + 16)
    }

    /// Takes the old text up to `end` over as it is.
    mutating func keep(to end: Int) {
        guard end > position else { return }
        result.bytes.append(contentsOf: old.bytes[position..<end])
        result.sources.append(contentsOf: old.sources[position..<end])
        position = end
    }

    mutating func append(_ scalar: UInt32, change: Int) {
        let source: Int32
        if change > 0 {
            source = position > 0 ? old.sources[position - 1] : old.startSource
        } else {
            // Behind the end there is only what the last scalar stands for.
            source = position < old.sources.count ? old.sources[position] : old.sources.last ?? old.startSource
            for _ in change...0 { passScalar() }
        }
        result.append(scalar: scalar, source: source)
    }

    /// Leaves scalars of the old text out.
    mutating func remove(_ count: Int) {
        for _ in 0..<count { passScalar() }
    }

    private mutating func passScalar() {
        guard position < old.bytes.count else { return }
        position += UTF8Scalars.width(old.bytes[position])
    }

    /// The new text: what has not been used of the old one is left out.
    consuming func finished() -> NormalizedText { result }
}
