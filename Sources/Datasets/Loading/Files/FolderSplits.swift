internal import Foundation

/// Finds the data files of a folder and their splits, by Python's rules: `data/train-00000-of-00001.parquet`, then the
/// words train, validation and test (and their relatives) in the names of folders, then in those of files; where none
/// is found, everything is `train`.
struct FolderSplits {
    let folder: String

    /// Splits in order, each with its files.
    typealias Splits = [(name: String, files: [String])]

    private static let keywords: [(split: String, words: [String])] = [
        ("train", ["train", "training"]),
        ("validation", ["validation", "valid", "dev", "val"]),
        ("test", ["test", "testing", "eval", "evaluation"]),
    ]
    private static let separators = "-._ 0-9"

    private static let ignoredNames: Set<String> = [
        "README.md", "config.json", "dataset_info.json", "dataset_infos.json", "dummy_data.zip", "dataset_dict.json",
    ]

    func find() throws -> Splits {
        for splits in [sharded(), named(inFolders: true), named(inFolders: false)] where !splits.isEmpty {
            return splits
        }
        let all = files("**")
        guard !all.isEmpty else {
            throw DatasetError.unreadableFile(
                path: folder, problem: "the folder holds no data files (\(DataFileFormat.endings))")
        }
        return [("train", all)]
    }

    /// The data files that a pattern matches.
    func files(_ pattern: String) -> [String] {
        GlobPattern(pattern).files(in: folder).filter { path in
            !Self.ignoredNames.contains((path as NSString).lastPathComponent) && DataFileFormat(path: path) != nil
        }
    }

    private func sharded() -> Splits {
        let digits = String(repeating: "[0-9]", count: 5)
        var found: [String: [String]] = [:]
        for path in files("data/*-\(digits)-of-\(digits)*.*") {
            let name = (path as NSString).lastPathComponent
            // What stands before `-00000-of-00001`, at its last place.
            guard let place = name.range(of: "-[0-9]{5}-of-[0-9]{5}", options: [.regularExpression]) else { continue }
            found[String(name[..<place.lowerBound]), default: []].append(path)
        }
        let usual = Self.keywords.map(\.split)
        let names = usual.filter { found[$0] != nil } + found.keys.filter { !usual.contains($0) }.sorted()
        return names.map { ($0, found[$0] ?? []) }
    }

    private func named(inFolders: Bool) -> Splits {
        Self.keywords.compactMap { split, words in
            var seen: Set<String> = []
            let found = words.flatMap { word in
                Self.patterns(word, inFolders: inFolders).flatMap { files($0) }
            }.filter { seen.insert($0).inserted }
            return found.isEmpty ? nil : (split, found)
        }
    }

    private static func patterns(_ word: String, inFolders: Bool) -> [String] {
        inFolders
            ? [
                "**/\(word)/**", "**/\(word)[\(separators)]*/**", "**/*[\(separators)]\(word)/**",
                "**/*[\(separators)]\(word)[\(separators)]*/**",
            ] : ["**/\(word)[\(separators)]*", "**/*[\(separators)]\(word)[\(separators)]*"]
    }
}
