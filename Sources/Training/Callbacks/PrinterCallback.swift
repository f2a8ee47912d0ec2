import Foundation
import OrderedJSON

/// Prints each log record as one line, as Python's `PrinterCallback` does, to standard error.
public final class PrinterCallback: TrainerCallback {
    public override var awaitsCheckpoint: Bool { false }

    public override func onLog(_ context: CallbackContext, logs: Metrics, control: inout TrainerControl) throws {
        Console.write(LogText.line(logs) + "\n")
    }
}

/// Log records in Python's printed form.
enum LogText {
    /// Longer texts would fill the screen.
    private static let longestText = 100

    /// `{'loss': '0.6931', 'epoch': '1'}`: floats with four significant digits, `total_flos` left out.
    static func line(_ logs: Metrics) -> String {
        let parts = logs.json.members.filter { $0.key != "total_flos" }.map { "'\($0.key)': \(value($0.value))" }
        return "{" + parts.joined(separator: ", ") + "}"
    }

    private static func value(_ value: JSONValue) -> String {
        switch value {
        case .double(let number): "'\(significant(number))'"
        case .string(let text) where text.count > longestText: "'[\(text.count) characters]'"
        case .string(let text): "'\(text)'"
        case .bool(let flag): flag ? "True" : "False"
        case .null: "None"
        case .int, .array, .object: value.serialized()
        }
    }

    /// As C's `%.4g`.
    static func significant(_ value: Double) -> String { String(format: "%.4g", value) }
}
