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

/// A shell pattern, split into what each part matches.
struct GlobPattern {
    private enum Part {
        case anything
        case oneCharacter
        case literal(Unicode.Scalar)
        case set([ClosedRange<Unicode.Scalar>], inverted: Bool)

        func matches(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .anything, .oneCharacter: true
            case .literal(let own): own == scalar
            case .set(let ranges, let inverted): ranges.contains { $0.contains(scalar) } != inverted
            }
        }
        var isAnything: Bool { if case .anything = self { true } else { false } }
    }

    private var parts: [Part] = []

    init(_ pattern: String) {
        let scalars = Array(pattern.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "*": if parts.last?.isAnything != true { parts.append(.anything) }
            case "?": parts.append(.oneCharacter)
            case "[":
                // A first `]` stands for itself; without a closing one the bracket does.
                var end = index
                if end < scalars.count, scalars[end] == "!" { end += 1 }
                if end < scalars.count, scalars[end] == "]" { end += 1 }
                while end < scalars.count, scalars[end] != "]" { end += 1 }
                guard end < scalars.count else {
                    parts.append(.literal(scalar))
                    continue
                }
                parts.append(Self.set(scalars[index..<end]))
                index = end + 1
            default: parts.append(.literal(scalar))
            }
        }
    }

    private static func set(_ body: ArraySlice<Unicode.Scalar>) -> Part {
        var body = body
        let inverted = body.first == "!"
        if inverted { body = body.dropFirst() }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var index = body.startIndex
        while index < body.endIndex {
            if index + 2 < body.endIndex, body[index + 1] == "-" {
                // A range that runs backwards is empty.
                if body[index] <= body[index + 2] { ranges.append(body[index]...body[index + 2]) }
                index += 3
            } else {
                ranges.append(body[index]...body[index])
                index += 1
            }
        }
        return .set(ranges, inverted: inverted)
    }

    /// Goes back to the last star alone, so that time grows with the product of the lengths at most.
    func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var (part, position) = (0, 0)
        var star: (part: Int, position: Int)?
        while position < scalars.count {
            if part < parts.count, parts[part].isAnything {
                star = (part, position)
                part += 1
            } else if part < parts.count, parts[part].matches(scalars[position]) {
                part += 1
                position += 1
            } else if let last = star {
                star = (last.part, last.position + 1)
                part = last.part + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy(\.isAnything)
    }
}
