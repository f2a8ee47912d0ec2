internal import Foundation
internal import OrderedJSON

/// Numbers of few bits as NumPy writes them, and with it pandas' `to_csv`: with the fewest digits that tell them from
/// their neighbours of the same type, and an exponent below 1e-4 and from 1e3 (half precision) or 1e6 on.
enum NumPyText {
    static func of(_ value: Float) -> String { text(value.description, Double(value), limit: 1e6) }

    static func of(_ value: HalfFloat) -> String {
        let number = Double(value.floatValue)
        // Five digits are always enough. Halfway between two of fewer digits, one may be read as the number and the other
        // not.
        let digits = (0..<4).lazy.flatMap { decimals in
            [number, number * (1 + 0x1p-40)].map { rounded($0, decimals: decimals) }
        }.first { Float($0).map { HalfFloat($0).bits == value.bits } ?? false }
        return text(digits ?? rounded(number, decimals: 4), number, limit: 1e3)
    }

    private static func rounded(_ number: Double, decimals: Int) -> String { String(format: "%.\(decimals)e", number) }

    /// - Parameters:
    ///   - digits: the number's digits, in any form that Swift reads.
    ///   - value: the number itself.
    ///   - limit: where exponents begin.
    private static func text(_ digits: String, _ value: Double, limit: Double) -> String {
        (value.isFinite ? Double(digits) ?? value : value)
            .pythonDescription(withExponent: value.magnitude < 1e-4 || value.magnitude >= limit)
    }
}
