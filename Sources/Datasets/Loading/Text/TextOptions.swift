/// How a text file becomes rows of one column, `text`.
public struct TextOptions: Sendable, Hashable {
    /// What a row is.
    public enum SampleBy: String, Sendable, Hashable {
        /// Each line, empty ones too.
        case line
        /// Each run of text between empty lines.
        case paragraph
        /// The whole file.
        case document
    }

    /// What a row is; as Python's `sample_by`.
    public var sampleBy: SampleBy
    /// Whether a line's `\n` is part of its text; as Python's `keep_linebreaks`.
    public var keepLinebreaks: Bool

    public init(sampleBy: SampleBy = .line, keepLinebreaks: Bool = false) {
        self.sampleBy = sampleBy
        self.keepLinebreaks = keepLinebreaks
    }
}
