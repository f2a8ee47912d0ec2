extension Double {
    /// The number as Python's `repr` and `json.dumps` write it: the shortest digits that read back as the same number,
    /// with an exponent of at least two digits below 1e-4 and from 1e16 (`5e-05`, `0.1`, `1.0`, `1e+16`; `nan`, `inf`).
    public var pythonDescription: String { pythonDescription(withExponent: magnitude < 1e-4 || magnitude >= 1e16) }

    /// The same, with an exponent (`1e+06`, `1.5e+00`) or without one wherever the number lies.
    public func pythonDescription(withExponent: Bool) -> String {
        if isNaN { return "nan" }
        if isInfinite { return self < 0 ? "-inf" : "inf" }
        let sign = sign == .minus ? "-" : ""
        if self == 0 { return sign + "0.0" }
        let (digits, point) = magnitude.shortestDigits
        if withExponent {
            let exponent = point - 1
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let size = String(exponent.magnitude)
            let padded = size.count < 2 ? "0" + size : size
            return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(padded)"
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count {
            return sign + digits + String(repeating: "0", count: point - digits.count) + ".0"
        }
        return "\(sign)\(digits.prefix(point)).\(digits.dropFirst(point))"
    }

    /// The shortest digits of a positive number, without zeros at either end, and how many stand before the point.
    private var shortestDigits: (digits: String, point: Int) {
        let parts = description.split(separator: "e", maxSplits: 1)
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        var point = mantissa[0].count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        var digits = (mantissa[0] + fraction)[...]
        while digits.first == "0" {
            digits.removeFirst()
            point -= 1
        }
        while digits.last == "0" { digits.removeLast() }
        return (String(digits), point)
    }
}
