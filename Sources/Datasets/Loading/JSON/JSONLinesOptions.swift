/// What types the columns of a JSON Lines file get.
public struct JSONLinesOptions: Sendable, Hashable {
    /// The types of columns; those of the others are inferred. Lists are allowed, class labels are not.
    public var columnTypes: [String: FeatureType]
    /// Columns that are given as strings: text that looks like a date stays text, and where the file has numbers or
    /// truth values (class numbers, say) their text is taken. Names that the file lacks don't matter.
    public var stringColumns: Set<String>

    public init(columnTypes: [String: FeatureType] = [:], stringColumns: Set<String> = []) {
        self.columnTypes = columnTypes
        self.stringColumns = stringColumns
    }
}
