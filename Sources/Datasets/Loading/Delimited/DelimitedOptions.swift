/// How a delimited text file is laid out, and what types its columns get.
public struct DelimitedOptions: Sendable, Hashable {
    /// What separates the cells: one ASCII character.
    public var delimiter: Character
    /// Whether cells may stand in double quotes, as in RFC 4180: such a cell may hold the delimiter, line ends, and
    /// quotes written twice. Without quoting a quote is a character like any other.
    public var quoting: Bool
    /// The columns' names for a file without a header row; nil where the first row has them.
    public var columnNames: [String]?
    /// The types of columns; those of the others are inferred. Scalar types only, and no class labels.
    public var columnTypes: [String: FeatureType]
    /// Columns that are read as strings exactly as they stand in the file, never inferred and never null: digits,
    /// dates, `NA` and empty cells stay text. Names that the file lacks don't matter.
    public var stringColumns: Set<String>

    public init(
        delimiter: Character, quoting: Bool, columnNames: [String]? = nil,
        columnTypes: [String: FeatureType] = [:], stringColumns: Set<String> = []
    ) {
        self.delimiter = delimiter
        self.quoting = quoting
        self.columnNames = columnNames
        self.columnTypes = columnTypes
        self.stringColumns = stringColumns
    }

    /// Commas, RFC 4180 quoting, a header row, inferred types.
    public static var csv: DelimitedOptions { DelimitedOptions(delimiter: ",", quoting: true) }
    /// Tabs, no quoting, a header row, inferred types.
    public static var tsv: DelimitedOptions { DelimitedOptions(delimiter: "\t", quoting: false) }

    /// The delimiter's byte.
    func checkedDelimiter() throws -> UInt8 {
        guard let byte = delimiter.asciiValue, delimiter != "\"", !delimiter.isNewline else {
            throw DatasetError.invalidArgument(
                name: "delimiter",
                problem: "'\(Excerpt.of(String(delimiter)))' is not one ASCII character other than a quote or line end")
        }
        return byte
    }
}
