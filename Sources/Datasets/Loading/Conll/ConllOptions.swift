/// How a file of tagged words is laid out, and what its tags become.
public struct ConllOptions: Sendable, Hashable {
    /// A column of the file: by its place from 0, or from the end (-1 is the last), or by its name among
    /// ``ConllOptions/columnNames``.
    public enum Column: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
        case index(Int)
        case name(String)

        public init(integerLiteral value: Int) { self = .index(value) }
        public init(stringLiteral value: String) { self = .name(value) }
    }

    /// What a line of the file holds.
    public enum Layout: String, Sendable, Hashable {
        /// A word with its tags; an empty line ends the sentence, and so does one that starts with `-DOCSTART-`.
        case wordPerLine
        /// A sentence: its words with spaces between them, a tab, and as many tags with spaces between them.
        case sentencePerLine
        /// Whichever of the two the file's first lines show.
        case automatic
    }

    /// The order of the classes that are found in a file.
    public enum LabelOrder: String, Sendable, Hashable {
        /// Sorted by Unicode scalars, as Python's `run_ner.py` does.
        case sorted
        /// In the order in which the files have them.
        case appearance
    }

    public var layout: Layout
    /// The names of the file's columns, in order, where columns are chosen by name; nil otherwise.
    public var columnNames: [String]?
    /// The column of the words. The first one by default.
    public var wordColumn: Column
    /// The column of the tags. The last one by default; a file of one column has words alone.
    public var tagColumn: Column
    /// What separates the columns: one ASCII character. nil: tabs in lines that have any, otherwise runs of spaces.
    public var delimiter: Character?
    /// Lines that start with this are left out, for example `"# id"`; nil: none are, for `#` is a word as well.
    public var commentPrefix: String?
    /// The classes, in the order of their numbers; nil for those that the files have.
    public var labels: [String]?
    /// The order of the classes, where `labels` is nil.
    public var labelOrder: LabelOrder
    /// The name of the data set's column of words.
    public var tokensName: String
    /// The name of the data set's column of tags.
    public var tagsName: String

    public init(
        layout: Layout = .automatic, columnNames: [String]? = nil, wordColumn: Column = 0, tagColumn: Column = -1,
        delimiter: Character? = nil, commentPrefix: String? = nil, labels: [String]? = nil,
        labelOrder: LabelOrder = .sorted, tokensName: String = "tokens", tagsName: String = "ner_tags"
    ) {
        self.layout = layout
        self.columnNames = columnNames
        self.wordColumn = wordColumn
        self.tagColumn = tagColumn
        self.delimiter = delimiter
        self.commentPrefix = commentPrefix
        self.labels = labels
        self.labelOrder = labelOrder
        self.tokensName = tokensName
        self.tagsName = tagsName
    }

    /// All that decides which words and tags a file has, as text that is the same in every process.
    var key: String {
        // Each text is quoted, and nil is not, so that no two choices give one key.
        func quoted(_ text: String?) -> String { text.map { $0.debugDescription } ?? "nil" }
        let names = columnNames.map { $0.map { quoted($0) }.joined(separator: ",") } ?? "nil"
        return "\(layout.rawValue) \(names) \(wordColumn) \(tagColumn) \(quoted(delimiter.map { String($0) })) "
            + "\(quoted(commentPrefix)) \(quoted(tokensName)) \(quoted(tagsName))"
    }
}
