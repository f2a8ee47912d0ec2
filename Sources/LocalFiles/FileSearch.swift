import Foundation

/// Finds files in folders.
package enum FileSearch {
    /// Folders deeper than this are left out: a chain of links could go on for ever.
    private static let depthLimit = 64

    /// The files that a pattern matches, as Python's `glob` and `datasets` read it: `*`, `?`, `[a-z]` and `[!a-z]` stay
    /// within a name, and `**` as a whole name stands for any number of folders. Sorted. Hidden files and folders, and
    /// folders that start with two underscores, match only where the pattern names such.
    ///
    /// - Parameter folder: What a relative pattern starts from; empty for the working directory.
    package static func files(_ pattern: String, in folder: String = "") -> [String] {
        let components = pattern.split(separator: "/").map(String.init).filter { $0 != "." }
        var found: Set<String> = []
        expand(pattern.hasPrefix("/") ? "/" : folder, components[...], depth: 0, &found)
        return found.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    }

    /// All files below a folder, relative to it and sorted, hidden ones too; links to folders are not followed, and git's
    /// own folder is left out.
    package static func all(in folder: String) -> [String] {
        var found: [String] = []
        list(folder, below: "", depth: 0, &found)
        return found.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    }

    private static func list(_ folder: String, below prefix: String, depth: Int, _ found: inout [String]) {
        guard depth < depthLimit else { return }
        for name in names(in: folder) where name != ".git" {
            let path = join(folder, name)
            switch kind(of: path) {
            case .folder where !isLink(path): list(path, below: "\(prefix)\(name)/", depth: depth + 1, &found)
            case .file: found.append(prefix + name)
            default: break
            }
        }
    }

    private static func expand(_ folder: String, _ rest: ArraySlice<String>, depth: Int, _ found: inout Set<String>) {
        guard let first = rest.first, depth < depthLimit else { return }
        let isLast = rest.count == 1
        if first == "**" {
            if !isLast { expand(folder, rest.dropFirst(), depth: depth, &found) }
            for name in names(in: folder) where !name.hasPrefix(".") {
                let path = join(folder, name)
                switch kind(of: path) {
                case .folder where !name.hasPrefix("__") && !isLink(path): expand(path, rest, depth: depth + 1, &found)
                case .file where isLast: found.insert(path)
                default: break
                }
            }
            return
        }
        func take(_ name: String) {
            let path = join(folder, name)
            switch kind(of: path) {
            case .folder where !isLast: expand(path, rest.dropFirst(), depth: depth + 1, &found)
            case .file where isLast: found.insert(path)
            default: break
            }
        }
        guard GlobPattern.isPattern(first) else { return take(first) }
        let pattern = GlobPattern(first, .path)
        for name in names(in: folder) where pattern.matches(name) {
            if name.hasPrefix("."), !first.hasPrefix(".") { continue }
            if name.hasPrefix("__"), !first.hasPrefix("__"), !isLast { continue }
            take(name)
        }
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
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
