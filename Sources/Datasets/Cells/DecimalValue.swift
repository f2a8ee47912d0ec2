/// A decimal number, exactly: an integer of up to 256 bits, and how many of its digits stand behind the point.
public struct DecimalValue: Sendable, Hashable {
    /// Two's complement, the least significant word first.
    let words: [UInt64]
    /// The number of digits behind the point; negative for whole tens, hundreds and so on.
    public let scale: Int

    /// `words` are sign-extended to 256 bits.
    init(words: [UInt64], scale: Int) {
        let sign: UInt64 = (words.last ?? 0) >> 63 == 1 ? .max : 0
        self.words = words + Array(repeating: sign, count: max(0, 4 - words.count))
        self.scale = scale
    }

    var isNegative: Bool { words[3] >> 63 == 1 }

    /// The number, rounded to the nearest double.
    public var doubleValue: Double { Double(description) ?? .nan }

    /// Whether 128 bits hold it.
    var fits128: Bool { words[2] == words[3] && words[2] == (words[1] >> 63 == 1 ? .max : 0) }

    /// The digits of the integer, without its sign.
    private var digits: String {
        var rest = isNegative ? Self.negated(words) : words
        var groups: [UInt64] = []
        // 19 digits at a time.
        let base: UInt64 = 10_000_000_000_000_000_000
        while rest.contains(where: { $0 != 0 }) {
            var remainder: UInt64 = 0
            for place in rest.indices.reversed() {
                (rest[place], remainder) = base.dividingFullWidth((remainder, rest[place]))
            }
            groups.append(remainder)
        }
        guard let first = groups.last else { return "0" }
        return groups.dropLast().reversed().reduce("\(first)") { text, group in
            let digits = "\(group)"
            return text + String(repeating: "0", count: 19 - digits.count) + digits
        }
    }

    private static func negated(_ words: [UInt64]) -> [UInt64] {
        var carry = true
        return words.map { word in
            let (sum, overflow) = (~word).addingReportingOverflow(carry ? 1 : 0)
            carry = overflow
            return sum
        }
    }
}

extension DecimalValue: CustomStringConvertible {
    /// All digits, for example `-12.50`.
    public var description: String {
        var digits = digits
        let sign = isNegative ? "-" : ""
        guard scale > 0 else { return sign + digits + (digits == "0" ? "" : String(repeating: "0", count: -scale)) }
        if digits.count <= scale { digits = String(repeating: "0", count: scale + 1 - digits.count) + digits }
        return sign + digits.dropLast(scale) + "." + digits.suffix(scale)
    }
}
