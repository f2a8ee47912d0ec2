import Foundation
import OrderedJSON

/// Prints each log record as one line, as Python's `PrinterCallback` does, to standard error.
public final class PrinterCallback: TrainerCallback {
    public override var awaitsCheckpoint: Bool { false }

    public override func onLog(_ context: CallbackContext, logs: Metrics, control: inout TrainerControl) throws {
        Console.write(LogText.line(logs) + "\n")
    }
}

/// Standard error, without buffering.
enum Console {
    static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    static var width: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}

/// Log records in Python's printed form.
enum LogText {
    /// `{'loss': '0.6931', 'epoch': '1'}`: floats with four significant digits, `total_flos` left out.
    static func line(_ logs: Metrics) -> String {
        let parts = logs.json.members.filter { $0.key != "total_flos" }.map { name, value in
            if case .double(let number) = value { return "'\(name)': '\(significant(number))'" }
            return "'\(name)': \(value.serialized(.compact))"
        }
        return "{" + parts.joined(separator: ", ") + "}"
    }

    /// As C's `%.4g`.
    static func significant(_ value: Double) -> String { String(format: "%.4g", value) }
}
