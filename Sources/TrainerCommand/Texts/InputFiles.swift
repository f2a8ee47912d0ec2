import Foundation

/// Files named one by one or by patterns such as `data/*.txt`.
enum InputFiles {
    /// The files, those of one pattern in the order of their names.
    /// - Throws: ``CommandFailure/failed(_:)`` for a file that does not exist and a pattern that fits none.
    static func files(_ patterns: [String], flag: String) throws -> [String] {
        var files: [String] = []
        for pattern in patterns {
            // A file whose name looks like a pattern is that file.
            if FileManager.default.fileExists(atPath: pattern) {
                files.append(pattern)
                continue
            }
            guard pattern.contains(where: { "*?[".contains($0) }) else {
                throw CommandFailure.failed("\(flag): there is no file \(pattern)")
            }
            let found = matches(pattern)
            guard !found.isEmpty else { throw CommandFailure.failed("\(flag): no file fits \(pattern)") }
            files += found
        }
        for file in files {
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), isFolder.boolValue {
                throw CommandFailure.failed("\(flag): \(file) is a folder; name its files, such as \(file)/*.txt")
            }
        }
        return files
    }

    private static func matches(_ pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0, let paths = result.gl_pathv else { return [] }
        return (0..<Int(result.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
    }
}
