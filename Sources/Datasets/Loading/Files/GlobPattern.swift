internal import Foundation

/// A pattern of file paths as Python's `glob` and `datasets` read it: `*` and `?` stay within a name, `[a-z]` and
/// `[!a-z]` are one character, and `**` as a whole name stands for any number of folders.
struct GlobPattern {
    private let components: [String]
    private let isAbsolute: Bool

    init(_ pattern: String) {
        isAbsolute = pattern.hasPrefix("/")
        components = pattern.split(separator: "/").map(String.init).filter { $0 != "." }
    }

    static func isPattern(_ path: String) -> Bool { path.contains { "*?[".contains($0) } }

    /// The files under `folder` that match, sorted. Hidden files and folders, and folders that start with two
    /// underscores, match only where the pattern names such.
    func files(in folder: String) -> [String] {
        var found: Set<String> = []
        expand(isAbsolute ? "/" : folder, components[...], depth: 0, &found)
        return found.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    }

    /// Folders deeper than this are left out: a chain of links could go on for ever.
    private static let depthLimit = 64

    private func expand(_ folder: String, _ rest: ArraySlice<String>, depth: Int, _ found: inout Set<String>) {
        guard let first = rest.first, depth < Self.depthLimit else { return }
        let isLast = rest.count == 1
        func join(_ name: String) -> String {
            folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
        }
        if first == "**" {
            let after = rest.dropFirst()
            if !isLast { expand(folder, after, depth: depth, &found) }
            for name in Self.names(in: folder) where !name.hasPrefix(".") {
                let path = join(name)
                switch Self.kind(of: path) {
                case .folder where !name.hasPrefix("__") && !Self.isLink(path):
                    expand(path, rest, depth: depth + 1, &found)
                case .file where isLast: found.insert(path)
                default: break
                }
            }
            return
        }
        if !Self.isPattern(first) {
            let path = join(first)
            switch Self.kind(of: path) {
            case .folder where !isLast: expand(path, rest.dropFirst(), depth: depth + 1, &found)
            case .file where isLast: found.insert(path)
            default: break
            }
            return
        }
        for name in Self.names(in: folder) where NamePattern(first).matches(name) {
            if name.hasPrefix(".") && !first.hasPrefix(".") { continue }
            let path = join(name)
            switch Self.kind(of: path) {
            case .folder where !isLast && (!name.hasPrefix("__") || first.hasPrefix("__")):
                expand(path, rest.dropFirst(), depth: depth + 1, &found)
            case .file where isLast: found.insert(path)
            default: break
            }
        }
    }

    private enum Kind { case file, folder, none }

    private static func kind(of path: String) -> Kind {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return .none }
        return isFolder.boolValue ? .folder : .file
    }

    private static func isLink(_ path: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType) == .typeSymbolicLink
    }

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    }
}

/// A pattern of one name, as Python's `fnmatch`.
struct NamePattern {
    private enum Piece {
        case character(Unicode.Scalar)
        case any
        case run
        case oneOf([ClosedRange<Unicode.Scalar>], negated: Bool)
    }

    private let pieces: [Piece]

    init(_ pattern: String) {
        var pieces: [Piece] = []
        let scalars = Array(pattern.unicodeScalars)
        var place = 0
        while place < scalars.count {
            switch scalars[place] {
            case "*": pieces.append(.run)
            case "?": pieces.append(.any)
            case "[":
                // A bracket that never closes is a character like any other.
                let negated = place + 1 < scalars.count && (scalars[place + 1] == "!" || scalars[place + 1] == "^")
                let start = place + (negated ? 2 : 1)
                guard start < scalars.count, let end = scalars[min(start + 1, scalars.count)...].firstIndex(of: "]")
                else {
                    pieces.append(.character("["))
                    break
                }
                pieces.append(.oneOf(Self.ranges(scalars[start..<end]), negated: negated))
                place = end
            default: pieces.append(.character(scalars[place]))
            }
            place += 1
        }
        self.pieces = pieces
    }

    private static func ranges(_ scalars: ArraySlice<Unicode.Scalar>) -> [ClosedRange<Unicode.Scalar>] {
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var place = scalars.startIndex
        while place < scalars.endIndex {
            if place + 2 < scalars.endIndex, scalars[place + 1] == "-" {
                if scalars[place] <= scalars[place + 2] { ranges.append(scalars[place]...scalars[place + 2]) }
                place += 3
            } else {
                ranges.append(scalars[place]...scalars[place])
                place += 1
            }
        }
        return ranges
    }

    func matches(_ name: String) -> Bool {
        let scalars = Array(name.unicodeScalars)
        var (piece, place) = (0, 0)
        // Where to go on after the last `*`, should what follows it fail.
        var (retryPiece, retryPlace) = (-1, 0)
        while place < scalars.count {
            if piece < pieces.count, case .run = pieces[piece] {
                (retryPiece, retryPlace) = (piece + 1, place)
                piece += 1
            } else if piece < pieces.count, Self.matches(pieces[piece], scalars[place]) {
                piece += 1
                place += 1
            } else if retryPiece >= 0 {
                retryPlace += 1
                (piece, place) = (retryPiece, retryPlace)
            } else {
                return false
            }
        }
        return pieces[piece...].allSatisfy { if case .run = $0 { true } else { false } }
    }

    private static func matches(_ piece: Piece, _ scalar: Unicode.Scalar) -> Bool {
        switch piece {
        case .character(let wanted): scalar == wanted
        case .any: true
        case .oneOf(let ranges, let negated): ranges.contains { $0.contains(scalar) } != negated
        case .run: false
        }
    }
}
