/// What becomes of the parts of a text that a pattern matches.
enum SplitBehavior: String, Sendable, CaseIterable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    /// Neighbouring matches become one word.
    case contiguous = "Contiguous"

    init(_ node: PipelineNode) throws(TokenizerError) {
        let name = try node.string()
        guard let behavior = SplitBehavior(rawValue: name) else {
            throw node.unsupported("split behavior", name, Self.allCases.map(\.rawValue))
        }
        self = behavior
    }

    /// Appends the words that `range` is split into.
    ///
    /// - Parameters:
    ///   - matches: what the pattern matches, in order; may be empty ranges.
    ///   - invert: whether what lies between the matches counts as matched instead.
    func split(_ range: Range<Int>, at matches: [Range<Int>], invert: Bool = false, into words: inout [Range<Int>]) {
        var parts = Self.parts(range, matches, invert)
        switch self {
        case .isolated: break
        case .removed: parts.removeAll(where: \.isMatch)
        case .contiguous: parts = Self.merged(parts) { $0 == $1 }
        case .mergedWithPrevious: parts = Self.merged(parts) { isMatch, previous in isMatch && !previous }
        case .mergedWithNext: parts = Self.mergedWithNext(parts)
        }
        for part in parts where !part.range.isEmpty { words.append(part.range) }
    }

    private typealias Part = (range: Range<Int>, isMatch: Bool)

    private static func parts(_ range: Range<Int>, _ matches: [Range<Int>], _ invert: Bool) -> [Part] {
        var parts: [Part] = []
        var end = range.lowerBound
        for match in matches {
            if end < match.lowerBound { parts.append((end..<match.lowerBound, invert)) }
            parts.append((match, !invert))
            end = match.upperBound
        }
        if end < range.upperBound { parts.append((end..<range.upperBound, invert)) }
        return parts
    }

    /// Joins a part to the one before where `joins` says so, of whether both are matches.
    private static func merged(_ parts: [Part], _ joins: (_ isMatch: Bool, _ previous: Bool) -> Bool) -> [Part] {
        var result: [Part] = []
        var previous = false
        for part in parts {
            if joins(part.isMatch, previous), let last = result.last {
                result[result.count - 1].range = last.range.lowerBound..<part.range.upperBound
            } else {
                result.append(part)
            }
            previous = part.isMatch
        }
        return result
    }

    private static func mergedWithNext(_ parts: [Part]) -> [Part] {
        var result: [Part] = []
        var previous = false
        for part in parts.reversed() {
            if part.isMatch, !previous, let last = result.last {
                result[result.count - 1].range = part.range.lowerBound..<last.range.upperBound
            } else {
                result.append(part)
            }
            previous = part.isMatch
        }
        return result.reversed()
    }
}
