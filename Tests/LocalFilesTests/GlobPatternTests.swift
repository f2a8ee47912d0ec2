import Foundation
import Testing

@testable import LocalFiles

@Suite struct GlobPatternTests {
    @Test(arguments: [
        ("data/*.csv", "data/a.csv", true), ("data/*.csv", "data/b/a.csv", false), ("**/a.csv", "a.csv", true),
        ("**/a.csv", "x/y/a.csv", true), ("**/a.csv", "xa.csv", false), ("**", "x/y", true), ("x/**", "x/y/z", true),
        ("*/a", "x/a", true), ("?", "/", false), ("**/train[-._ 0-9]*", "d/train-1.csv", true),
        ("**/train/**", "a/train/b.csv", true), ("**/train/**", "train/b.csv", true), ("**.csv", "a/b.csv", true),
    ])
    func pathPatterns(pattern: String, path: String, matches: Bool) {
        #expect(GlobPattern(pattern, .path).matches(path) == matches)
    }

    @Test func searchingAgreesWithMatching() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "glob-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = ["a.csv", "b.txt", "d/a.csv", "d/e/a.csv", "d/e/f.csv", "train/x.csv", "[x].csv", "d/e-1/a1.csv"]
        for name in names {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data().write(to: file)
        }
        #expect(Set(FileSearch.all(in: folder.path)) == Set(names))
        for pattern in [
            "*.csv", "**", "**/*.csv", "d/**", "d/*/a*.csv", "*/e*/*", "d/e/?.csv", "d/e[-]*/*", "[[]x].csv", "*",
        ] {
            let glob = GlobPattern(pattern, .path)
            let found = FileSearch.files(pattern, in: folder.path).map { String($0.dropFirst(folder.path.count + 1)) }
            #expect(Set(found) == Set(names.filter { glob.matches($0) }), "\(pattern)")
        }
    }
}
