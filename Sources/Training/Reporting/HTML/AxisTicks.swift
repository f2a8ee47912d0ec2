import Foundation

/// Round places on an axis, with the range that they span.
struct AxisTicks {
    let values: [Double]
    let labels: [String]
    let range: ClosedRange<Double>

    /// - Parameters:
    ///   - data: What is to be shown; finite.
    ///   - count: About how many places.
    ///   - isWhole: Whether places lie on whole numbers, and the range is that of the data.
    init(_ data: ClosedRange<Double>, count: Int, isWhole: Bool = false) {
        var (low, high) = (data.lowerBound, data.upperBound)
        if low == high {
            let margin = isWhole ? 1 : max(abs(low) * 0.1, 1e-9)
            (low, high) = (low - margin, high + margin)
        }
        var step = Self.niceStep((high - low) / Double(max(count, 1)))
        if isWhole { step = max(1, step.rounded()) }
        let first = isWhole ? (low / step).rounded(.up) : (low / step).rounded(.down)
        let last = isWhole ? (high / step).rounded(.down) : (high / step).rounded(.up)
        values = stride(from: first, through: last, by: 1).map { $0 * step }
        range = isWhole ? low...high : (values.first ?? low)...(values.last ?? high)
        labels = values.map { Self.label($0, step: step) }
    }

    /// Where a value lies, from 0 to 1.
    func place(_ value: Double) -> Double { (value - range.lowerBound) / (range.upperBound - range.lowerBound) }

    /// 1, 2 or 5 times a power of ten.
    private static func niceStep(_ rough: Double) -> Double {
        let power = pow(10, log10(rough).rounded(.down))
        let factor = rough / power
        return (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10) * power
    }

    private static func label(_ value: Double, step: Double) -> String {
        if abs(value) < step * 1e-6 { return "0" }
        if abs(value) >= 10_000 || (abs(value) < 1e-3) {
            if abs(value) >= 10_000, abs(value) < 1e7, step >= 100 {
                return String(format: "%.\(step >= 1000 ? 0 : 1)fk", value / 1000).replacing("-", with: "−")
            }
            return exponential(value, step)
        }
        let decimals = max(0, Int((-log10(step) - 1e-9).rounded(.up)))
        return String(format: "%.\(decimals)f", value).replacing("-", with: "−")
    }

    /// `2e−5`, `2.5e−5`
    private static func exponential(_ value: Double, _ step: Double) -> String {
        let power = Int(log10(abs(value) * (1 + 1e-9)).rounded(.down))
        let decimals = max(0, power - Int((log10(step) + 1e-9).rounded(.down)))
        let text = String(format: "%.\(decimals)f", value / pow(10, Double(power)))
        let digits = text.contains(".") ? text.replacing(/\.?0+$/, with: "") : text
        return "\(digits)e\(power)".replacing("-", with: "−")
    }
}
