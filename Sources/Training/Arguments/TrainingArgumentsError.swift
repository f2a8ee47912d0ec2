/// Arguments that cannot be used, and why. Names are spelled as they were given: as flags on a command line.
public enum TrainingArgumentsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Nobody knows this name; `suggestions` are the nearest ones.
    case unknown(name: String, suggestions: [String])
    /// Python has this argument; this release does not. `reason` says why, where it is not to come.
    case notSupported(name: String, reason: String? = nil)
    /// Earlier releases of Python's library had it; `advice` says what to do.
    case removed(name: String, advice: String)
    /// The value is not of the argument's type; `expected` says what is.
    case wrongValue(name: String, value: String, expected: String)
    /// Python has this choice; this release does not.
    case choiceNotSupported(name: String, value: String, expected: String)
    /// Python has this choice; it is not here, for a reason that says what to take instead.
    case choiceRefused(name: String, value: String, reason: String)
    /// A flag that needs a value stands without one.
    case missingValue(name: String, expected: String)
    /// The whole configuration is not a list of names and values.
    case notAnObject
    /// Values out of range, or that don't go together: one sentence each.
    case invalid([String])

    public var description: String {
        switch self {
        case .unknown(let name, let suggestions):
            let hint = suggestions.isEmpty ? "" : "; did you mean \(suggestions.joined(separator: " or "))?"
            return "unknown argument \(name)\(hint)"
        case .notSupported(let name, let reason):
            return "\(name) is not supported" + (reason.map { ": \($0)" } ?? " yet")
        case .removed(let name, let advice): return "\(name) does not exist here: \(advice)"
        case .wrongValue(let name, let value, let expected): return "\(name) takes \(expected), not \(value)"
        case .choiceNotSupported(let name, let value, let expected):
            return "\(name): \(value) is not supported yet; use \(expected)"
        case .choiceRefused(let name, let value, let reason): return "\(name): \(value) is not supported: \(reason)"
        case .missingValue(let name, let expected): return "\(name) needs a value: \(expected)"
        case .notAnObject: return "training arguments must be names with values"
        case .invalid(let problems): return problems.joined(separator: "; ")
        }
    }

    /// Sentences for a list of problems.
    var problems: [String] { if case .invalid(let problems) = self { problems } else { [description] } }
}
