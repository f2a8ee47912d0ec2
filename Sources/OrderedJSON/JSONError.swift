/// Text that is no JSON: where, and why.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name of what was read, mostly a file; nil for text without one.
    public var source: String?
    /// The line, from 1.
    public var line: Int
    /// The column in Unicode scalars, from 1, as Python counts.
    public var column: Int
    /// What is wrong there.
    public var reason: String

    public init(source: String? = nil, line: Int, column: Int, reason: String) {
        self.source = source
        self.line = line
        self.column = column
        self.reason = reason
    }

    public var description: String {
        "\(source ?? "JSON"), line \(line), column \(column): \(reason)"
    }
}
