import Foundation

/// Numbers as the report shows them.
enum NumberText {
    /// Four significant digits, with separated thousands from 10,000 on.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
        if let whole = Int(exactly: value), abs(whole) < 1_000_000_000 { return grouped(whole) }
        if abs(value) >= 10_000, abs(value) < 1e9 { return grouped(Int(value.rounded())) }
        return String(format: "%.4g", value).replacing("-", with: "−")
    }

    /// `12,345`
    static func grouped(_ value: Int) -> String {
        let digits = String(value.magnitude)
        let text = digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
        }.joined()
        return (value < 0 ? "−" : "") + text
    }

    /// `93.4 %`
    static func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }

    /// `340 ms`, `12.3 s`, `4 min 5 s`, `2 h 10 min`
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "–" }
        if seconds < 0.001 { return String(format: "%.0f µs", seconds * 1e6) }
        if seconds < 1 { return String(format: seconds < 0.1 ? "%.1f ms" : "%.0f ms", seconds * 1000) }
        if seconds < 60 { return String(format: "%.1f s", seconds) }
        let whole = Int(seconds.rounded())
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(NumberText.grouped(whole / 3600)) h \(whole % 3600 / 60) min"
    }
}
