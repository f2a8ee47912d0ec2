internal import Foundation
internal import LocalFiles

/// Which of a list of files belong to which split, by Python's rules: `data/train-00000-of-00001.parquet`, then the words
/// train, validation and test (and their relatives) in the names of folders, then in those of files; where none is found,
/// everything is `train`.
///
/// The list is that of a folder, or of a repository on the Hub; names are relative to its top. Unlike in Python, files of
/// formats that aren't read play no part: `eval.py` beside `train.csv` makes no split.
struct SplitNames {
    /// Splits in order, each with its files.
    typealias Splits = [(name: String, files: [String])]

    /// The data files, sorted.
    private let names: [String]

    private static let keywords: [(split: String, words: [String])] = [
        ("train", ["train", "training"]),
        ("validation", ["validation", "valid", "dev", "val"]),
        ("test", ["test", "testing", "eval", "evaluation"]),
    ]
    private static let separators = "[-._ 0-9]"

    /// What tools keep beside the data.
    private static let ignoredNames: Set<String> = [
        "README.md", "config.json", "dataset_info.json", "dataset_infos.json", "dummy_data.zip", "dataset_dict.json",
    ]

    init(_ names: [String]) {
        self.names = names.filter { name in
            DataFileFormat(path: name) != nil && !Self.ignoredNames.contains((name as NSString).lastPathComponent)
        }.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    }

    /// The splits that the names tell; none where there are no data files.
    ///
    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` for a name that no split can have.
    func find() throws -> Splits {
        for splits in [try sharded(), named(Self.inFolders), named(Self.inFiles)] where !splits.isEmpty {
            return splits
        }
        let all = files("**")
        return all.isEmpty ? [] : [("train", all)]
    }

    /// The data files that a pattern matches. Hidden ones, and those in folders that start with two underscores, match only
    /// where it names such.
    func files(_ pattern: String) -> [String] {
        let pattern = pattern.hasPrefix("./") ? String(pattern.dropFirst(2)) : pattern
        let glob = GlobPattern(pattern, .path)
        let special = Special(pattern)
        // A file of that very name comes before a pattern.
        if names.contains(pattern) { return [pattern] }
        return names.filter { Special($0) == special && glob.matches($0) }
    }

    /// How many parts of a path are hidden, or folders of programs.
    private struct Special: Equatable {
        let hidden: Int
        let programs: Int

        init(_ path: String) {
            let parts = path.split(separator: "/")
            hidden = parts.filter { $0.hasPrefix(".") && $0 != "." && $0 != ".." }.count
            programs = parts.dropLast().filter { $0.hasPrefix("__") }.count
        }
    }

    /// `data/train-00000-of-00002.parquet`: the split may have any name.
    private func sharded() throws -> Splits {
        let digits = String(repeating: "[0-9]", count: 5)
        var found: [String: [String]] = [:]
        for path in files("data/*-\(digits)-of-\(digits)*.*") {
            // What stands before the last such mark.
            guard let match = path.wholeMatch(of: /data\/(?<split>.+)-[0-9]{5}-of-[0-9]{5}.*\..*/) else { continue }
            found[String(match.split), default: []].append(path)
        }
        for (name, files) in found { try Self.check(name, of: files.first ?? "") }
        let usual = Self.keywords.map(\.split)
        let names = usual.filter { found[$0] != nil } + found.keys.filter { !usual.contains($0) }.sorted()
        return names.map { ($0, found[$0] ?? []) }
    }

    /// Names of splits are words, perhaps with dots between them, as in Python.
    static func check(_ name: String, of source: String) throws {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            !part.isEmpty && part.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isAlphabetic || $0.isNumber }
        }
        guard isName else {
            throw DatasetError.invalidArgument(
                name: "split",
                problem: "'\(Excerpt.of(name))' in \(Excerpt.of(source, limit: 200)) is no name of a split "
                    + "(letters, digits, _ and dots between them)")
        }
    }

    private func named(_ patterns: [String]) -> Splits {
        Self.keywords.compactMap { split, words in
            var seen: Set<String> = []
            let found = words.flatMap { word in
                patterns.flatMap { files($0.replacing("{word}", with: word).replacing("{-}", with: Self.separators)) }
            }.filter { seen.insert($0).inserted }
            return found.isEmpty ? nil : (split, found)
        }
    }

    private static let inFolders = [
        "**/{word}/**", "**/{word}{-}*/**", "**/*{-}{word}/**", "**/*{-}{word}{-}*/**",
    ]
    private static let inFiles = ["**/{word}{-}*", "**/*{-}{word}{-}*"]
}

extension Unicode.Scalar {
    fileprivate var isNumber: Bool {
        [.decimalNumber, .letterNumber, .otherNumber].contains(properties.generalCategory)
    }
}
