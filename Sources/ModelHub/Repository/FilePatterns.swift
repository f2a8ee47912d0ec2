import LocalFiles

/// Which files of a repository or folder are meant, by shell patterns as Python's `fnmatch` has them: `*` goes across
/// folders, `?` is one character, `[abc]` and `[!abc]` one of some. Letter case counts.
public struct FilePatterns: Sendable, Hashable {
    /// At least one must match; nil: all files are meant.
    public var allow: [String]?
    /// None may match.
    public var ignore: [String]

    public init(allow: [String]? = nil, ignore: [String] = []) {
        self.allow = allow
        self.ignore = ignore
    }

    /// The pattern that this name alone matches.
    public static func literal(_ name: String) -> String {
        name.map { "*?[".contains($0) ? "[\($0)]" : String($0) }.joined()
    }

    /// Whether a file is meant.
    public func includes(_ path: String) -> Bool {
        if let allow, !allow.contains(where: { Self.matches(path, $0) }) { return false }
        return !ignore.contains { Self.matches(path, $0) }
    }

    /// Whether a path matches a pattern; one that ends with `/` means all that is in that folder.
    static func matches(_ path: String, _ pattern: String) -> Bool {
        let pattern = pattern.replacing("\\", with: "/")
        return GlobPattern(pattern.hasSuffix("/") ? pattern + "*" : pattern).matches(path.replacing("\\", with: "/"))
    }
}
