import Foundation
import OrderedJSON

extension Trainer {
    /// Prints numbers as Python's `log_metrics` does, to standard output: a heading, then one line for each in the order of
    /// names, with times as h:mm:ss.cc, floating point operations in units of 2^30 and memory in MB.
    ///
    /// - Parameters:
    ///   - split: `train`, `eval`, `test`, for the heading.
    ///   - metrics: What `train`, `evaluate` or
    ///     `predict` gave.
    public func logMetrics(_ split: String, _ metrics: Metrics) {
        guard ranks.isFirst else { return }
        FileHandle.standardOutput.write(Data(MetricsText.block(split, metrics).utf8))
    }
}

/// Python's printed form of metrics.
public enum MetricsText {
    /// `***** train metrics *****` and a line for each number, aligned.
    public static func block(_ split: String, _ metrics: Metrics) -> String {
        let lines = metrics.json.members.map { ($0.key, text($0.key, $0.value)) }
        let nameWidth = lines.map { $0.0.count }.max() ?? 0
        let valueWidth = lines.map { $0.1.count }.max() ?? 0
        func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
        let sorted = lines.sorted { $0.0.unicodeScalars.lexicographicallyPrecedes($1.0.unicodeScalars) }
        return "***** \(split) metrics *****\n"
            + sorted.map { name, value in
                "  \(name)\(spaces(nameWidth - name.count)) = \(spaces(valueWidth - value.count))\(value)\n"
            }.joined()
    }

    static func text(_ name: String, _ value: JSONValue) -> String {
        let number = value.doubleValue ?? 0
        if name.contains("_mem_"), let bytes = value.intValue { return "\(bytes >> 20)MB" }
        if name.contains("_runtime"), number.isFinite { return duration(number) }
        if name == "total_flos", number.isFinite, let whole = Int(exactly: number.rounded(.towardZero)) {
            return "\(whole >> 30)GF"
        }
        if case .double(let number) = value { return rounded(number).pythonDescription }
        return value.stringValue ?? value.serialized()
    }

    /// `0:01:02.34`, with days in front from a day on; hundredths are cut, not rounded.
    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds)
        let hundredths = Int(abs(seconds - Double(whole)) * 100)
        let days = whole / 86400
        let day = days == 0 ? "" : "\(days) day\(days == 1 ? "" : "s"), "
        return day
            + String(
                format: "%d:%02d:%02d.%02d", whole % 86400 / 3600, whole % 3600 / 60, whole % 60, hundredths)
    }

    /// To four decimals, as Python rounds: the decimal text decides.
    private static func rounded(_ number: Double) -> Double {
        number.isFinite ? Double(String(format: "%.4f", number)) ?? number : number
    }
}
