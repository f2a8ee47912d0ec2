public import OrderedJSON

/// What is said on standard error besides the progress: Python's `log_level`.
public enum LogLevel: String, ArgumentChoice {
    /// As ``info``.
    case detail
    /// As ``info``.
    case debug
    /// Warnings, and the sizes of a run when it begins.
    case info
    /// Warnings.
    case warning
    /// No warnings.
    case error
    /// No warnings.
    case critical
    /// As ``warning``.
    case passive

    var showsInformation: Bool { [.detail, .debug, .info].contains(self) }
    var showsWarnings: Bool { ![.error, .critical].contains(self) }
}

/// Which input tokens are counted during training.
public enum TokenCounting: String, ArgumentChoice {
    /// None.
    case no
    /// All, padding too.
    case all
    /// All but padding.
    case nonPadding = "non_padding"

    /// Python's former truth value is understood: true is ``all``.
    public init?(argument json: JSONValue) {
        let word = json.stringValue
        if let choice = word.flatMap(Self.init(rawValue:)) {
            self = choice
        } else if let flag = Bool(argument: json) {
            self = flag ? .all : .no
        } else {
            return nil
        }
    }
}
