/// Data or settings that a task can't use. `description` is one line: what, where, what to do.
public enum TaskError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A setting out of range, or one that does not fit the others.
    case argument(name: String, problem: String)
    /// A row that does not fit the task; `place` is a file and line, or a row's number.
    case data(place: String, problem: String, remedy: String)

    public var description: String {
        switch self {
        case .argument(let name, let problem): "\(name): \(problem)"
        case .data(let place, let problem, let remedy): "\(place): \(problem); \(remedy)"
        }
    }

    /// A text from a file, short enough for a message.
    static func short(_ text: String) -> String {
        let line = text.replacing("\n", with: " ").replacing("\r", with: " ")
        return line.count > 40 ? line.prefix(40) + "…" : line
    }
}
