/// Whether encodings are made longer.
///
/// `true` is `.longest` and `false` is `.doNotPad`, as in Python.
public enum Padding: String, Sendable, Hashable, ExpressibleByBooleanLiteral {
    case doNotPad = "do_not_pad"
    /// To the longest of the batch.
    case longest
    /// To `maxLength`, or to the model's maximum where none is given.
    case maxLength = "max_length"

    public init(booleanLiteral value: Bool) { self = value ? .longest : .doNotPad }
}

/// Whether, and where, texts that are too long are cut.
///
/// `true` is `.longestFirst` and `false` is `.doNotTruncate`, as in Python.
public enum Truncation: String, Sendable, Hashable, ExpressibleByBooleanLiteral {
    case doNotTruncate = "do_not_truncate"
    /// Cuts the longer text of a pair until both are of one length, then both.
    case longestFirst = "longest_first"
    /// Cuts the first text only.
    case onlyFirst = "only_first"
    /// Cuts the second text only.
    case onlySecond = "only_second"

    public init(booleanLiteral value: Bool) { self = value ? .longestFirst : .doNotTruncate }
}

/// The end of a text at which tokens are added or cut.
public enum Side: String, Sendable, Hashable {
    case left, right
}

/// A text as it stands, or split into words.
enum TextInput: Sendable {
    case text(String)
    case words([String])
}

/// The options of one call, resolved.
struct EncodingOptions: Sendable {
    var addSpecialTokens: Bool
    var truncation: Truncation
    /// The length to truncate to.
    var truncationLength: Int
    var truncationSide: Side
    /// How many tokens neighbouring parts of a text that overflows share.
    var stride: Int
    var returnOverflowingTokens: Bool
    var padding: ResolvedPadding?
}

/// How encodings are padded.
struct ResolvedPadding: Sendable {
    /// nil for the longest of the batch.
    var length: Int?
    var multiple: Int?
    var side: Side
    var id: Int32
    var typeId: Int32
}
