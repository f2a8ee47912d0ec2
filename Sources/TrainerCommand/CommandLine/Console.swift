import Foundation
import Synchronization

/// What a person reads on standard error beside results: notes, warnings and the last line.
enum Console {
    /// More warnings than these push the error off the screen.
    static let mostWarnings = 5
    private static let warnings = Mutex(0)

    private static let hasVoice = Atomic(true)

    /// Whether results and notes are written: on one of several ranks.
    static var isHeard: Bool {
        get { hasVoice.load(ordering: .relaxed) }
        set { hasVoice.store(newValue, ordering: .relaxed) }
    }

    static func note(_ text: String) { if isHeard { write(text) } }

    /// Writes `warning: …`, at most five times.
    static func warn(_ text: String) {
        let number = warnings.withLock { count in
            count += 1
            return count
        }
        if number <= mostWarnings { write("warning: \(oneLine(text))") }
    }

    static func fail(_ text: String) { write("error: \(oneLine(text))") }

    /// Writes a line of results to standard output at once, whatever stands behind it.
    static func print(_ line: String, terminator: String = "\n") {
        guard isHeard else { return }
        FileHandle.standardOutput.write(Data((line + terminator).utf8))
    }

    private static func write(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .joined(separator: " ")
    }
}
