/// Where in a file a row came from.
public struct SourceLocation: Sendable, Hashable, CustomStringConvertible {
    /// The file's path, as it was given to the loader.
    public let file: String
    /// The physical line that the row starts on, counted from 1; nil where it is not known.
    public let line: Int?

    public init(file: String, line: Int?) {
        self.file = file
        self.line = line
    }

    /// For example `train.tsv, line 17`.
    public var description: String { line.map { "\(file), line \($0)" } ?? file }
}
