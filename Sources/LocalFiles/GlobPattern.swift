/// A shell pattern, split into what each part matches.
package struct GlobPattern {
    /// What a star means.
    package enum Style {
        /// Python's `fnmatch`: it goes across folders.
        case name
        /// It stays in a folder; `**` goes across them.
        case path
    }

    private enum Part {
        case anything(crossesFolders: Bool)
        /// `**/`: any folders, or none.
        case folders
        case oneCharacter(crossesFolders: Bool)
        case literal(Unicode.Scalar)
        case set([ClosedRange<Unicode.Scalar>], inverted: Bool)
    }

    private var parts: [Part] = []

    /// Whether a text means more than itself.
    package static func isPattern(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

    package init(_ pattern: String, _ style: Style = .name) {
        let scalars = Array(pattern.unicodeScalars)
        let crosses = style == .name
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "*":
                let start = index - 1
                while index < scalars.count, scalars[index] == "*" { index += 1 }
                let beginsFolder = start == 0 || scalars[start - 1] == "/"
                if !crosses, index - start > 1, beginsFolder, index < scalars.count, scalars[index] == "/" {
                    parts.append(.folders)
                    index += 1
                } else {
                    parts.append(.anything(crossesFolders: crosses || index - start > 1))
                }
            case "?": parts.append(.oneCharacter(crossesFolders: crosses))
            case "[":
                guard let end = Self.setEnd(scalars, from: index) else {
                    parts.append(.literal(scalar))
                    continue
                }
                parts.append(Self.set(scalars[index..<end]))
                index = end + 1
            default: parts.append(.literal(scalar))
            }
        }
    }

    /// The closing bracket. A first `]` stands for itself; without a closing one the bracket does.
    private static func setEnd(_ scalars: [Unicode.Scalar], from start: Int) -> Int? {
        var end = start
        if end < scalars.count, scalars[end] == "!" { end += 1 }
        if end < scalars.count, scalars[end] == "]" { end += 1 }
        while end < scalars.count, scalars[end] != "]" { end += 1 }
        return end < scalars.count ? end : nil
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

    /// Keeps all places that the parts so far may end at, so that time is the product of the lengths at most.
    package func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var ends = [Bool](repeating: false, count: scalars.count + 1)
        ends[0] = true
        for part in parts { ends = Self.advance(ends, over: part, scalars) }
        return ends[scalars.count]
    }

    private static func advance(_ ends: [Bool], over part: Part, _ scalars: [Unicode.Scalar]) -> [Bool] {
        var next = [Bool](repeating: false, count: ends.count)
        switch part {
        case .anything(let crosses):
            for place in ends.indices {
                let goesOn = place > 0 && next[place - 1] && (crosses || scalars[place - 1] != "/")
                next[place] = ends[place] || goesOn
            }
        case .folders:
            var hasBegun = false
            for place in ends.indices {
                next[place] = ends[place] || hasBegun && scalars[place - 1] == "/"
                hasBegun = hasBegun || ends[place]
            }
        case .oneCharacter(let crosses):
            for place in scalars.indices where ends[place] { next[place + 1] = crosses || scalars[place] != "/" }
        case .literal(let own):
            for place in scalars.indices where ends[place] { next[place + 1] = scalars[place] == own }
        case .set(let ranges, let inverted):
            for place in scalars.indices where ends[place] {
                next[place + 1] = ranges.contains { $0.contains(scalars[place]) } != inverted
            }
        }
        return next
    }
}
