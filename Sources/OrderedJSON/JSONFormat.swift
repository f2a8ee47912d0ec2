/// How JSON text is laid out: the arguments of Python's `json.dumps`, with its defaults.
public struct JSONFormat: Sendable, Hashable {
    /// Spaces for each level, with every member on a line of its own; nil puts everything on one line.
    public var indent: Int?
    /// Whether the members of each object are sorted by the code points of their names.
    public var sortKeys: Bool
    /// Whether everything outside ASCII is written as `\u` escapes.
    public var ensureASCII: Bool
    /// What stands between two members; nil for Python's choice: `", "`, or `","` with an indent.
    public var itemSeparator: String?
    /// What stands between a name and its value.
    public var keySeparator: String

    public init(
        indent: Int? = nil, sortKeys: Bool = false, ensureASCII: Bool = true, itemSeparator: String? = nil,
        keySeparator: String = ": "
    ) {
        self.indent = indent
        self.sortKeys = sortKeys
        self.ensureASCII = ensureASCII
        self.itemSeparator = itemSeparator
        self.keySeparator = keySeparator
    }

    /// No white space at all.
    public static let compact = JSONFormat(itemSeparator: ",", keySeparator: ":")
}
