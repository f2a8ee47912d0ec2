/// Where the rows of a JSON file are, and what types its columns get.
public struct JSONLinesOptions: Sendable, Hashable {
    /// The types of columns; those of the others are inferred. Lists are allowed, class labels are not.
    public var columnTypes: [String: FeatureType]
    /// Columns that are given as strings: text that looks like a date stays text, and where the file has numbers or
    /// truth values (class numbers, say) their text is taken. Names that the file lacks don't matter.
    public var stringColumns: Set<String>
    /// The key whose value is the list of rows, of a file that is one object; as Python's `field`. nil for files that
    /// hold one object a line, or are a list of objects.
    public var field: String?

    /// The columns that are wanted: others are skipped, whatever they hold. nil for all.
    public var columns: Set<String>?

    public init(
        columnTypes: [String: FeatureType] = [:], stringColumns: Set<String> = [], field: String? = nil,
        columns: Set<String>? = nil
    ) {
        self.columns = columns
        self.columnTypes = columnTypes
        self.stringColumns = stringColumns
        self.field = field
    }
}
