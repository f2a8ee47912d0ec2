import Foundation
import ModelHub
import Yams

/// Which files of a data set repository hold which split, as Python's `load_dataset` finds them: what `README.md` says, or
/// names that tell the split.
struct DatasetFiles {
    /// The splits in order, each with its files.
    private(set) var splits: [(name: String, files: [String])]

    var names: Set<String> { Set(splits.flatMap(\.files)) }

    /// - Parameters:
    ///   - id: The repository, for messages.
    ///   - configuration: nil: the default one, or the only one.
    /// - Throws: ``DatasetFilesError``.
    init(_ id: String, names: [String], card: String?, configuration: String?) throws(DatasetFilesError) {
        let data = names.filter { Self.format(of: $0) != nil && !Self.isHidden($0) }
        guard !data.isEmpty else { throw .noData(id, formats: Self.formats) }
        if let configurations = try DatasetConfiguration.all(in: card, id), !configurations.isEmpty {
            let chosen = try DatasetConfiguration.choose(configuration, among: configurations, id)
            splits = try Self.splits(of: chosen, data, id)
            return
        }
        if let configuration, configuration != "default" {
            throw .noConfiguration(id, name: configuration, known: ["default"])
        }
        splits = Self.splitsByName(data)
    }

    // MARK: Formats

    /// The first that a repository has is read.
    private static let formats = ["parquet", "arrow", "csv", "tsv", "jsonl", "json", "txt"]
    private static let ignored: Set<String> = [
        "config.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json",
    ]

    private static func format(of name: String) -> String? {
        var base = name.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if ignored.contains(base) { return nil }
        for suffix in [".gz", ".zst"] where base.hasSuffix(suffix) { base.removeLast(suffix.count) }
        return formats.first { base.hasSuffix("." + $0) }
    }

    private static func isHidden(_ name: String) -> Bool {
        name.split(separator: "/").contains { $0.hasPrefix(".") || $0.hasPrefix("__") }
    }

    /// Files of one format: Parquet before others.
    private static func oneFormat(_ names: [String]) -> [String] {
        guard let format = formats.first(where: { format in names.contains { Self.format(of: $0) == format } }) else {
            return []
        }
        return names.filter { Self.format(of: $0) == format }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    // MARK: By the card

    private static func splits(
        of configuration: DatasetConfiguration, _ data: [String], _ id: String
    ) throws(DatasetFilesError) -> [(name: String, files: [String])] {
        guard !configuration.splits.isEmpty else {
            let prefix = configuration.folder.map { $0 + "/" } ?? ""
            return splitsByName(data.filter { $0.hasPrefix(prefix) })
        }
        var result: [(name: String, files: [String])] = []
        for (name, patterns) in configuration.splits {
            let prefix = configuration.folder.map { $0 + "/" } ?? ""
            let globs = patterns.map {
                GlobPattern(prefix + ($0.hasPrefix("./") ? String($0.dropFirst(2)) : $0), .path)
            }
            let files = data.filter { file in globs.contains { $0.matches(file) } }
            guard !files.isEmpty else {
                throw .noMatch(id, configuration: configuration.name, split: name, patterns: patterns)
            }
            result.append((name, oneFormat(files)))
        }
        return result
    }

    // MARK: By names

    private static let keywords: [(split: String, words: [String])] = [
        ("train", ["train", "training"]), ("validation", ["validation", "valid", "dev", "val"]),
        ("test", ["test", "testing", "eval", "evaluation"]),
    ]
    private static let separators = "-._ 0-9"

    private static func splitsByName(_ data: [String]) -> [(name: String, files: [String])] {
        let files = oneFormat(data)
        let sharded = byShards(files)
        if !sharded.isEmpty { return sharded }
        let inFolder = ["**/K/**", "**/K[S]*/**", "**/*[S]K/**", "**/*[S]K[S]*/**"]
        let inName = ["**/K[S]*", "**/*[S]K[S]*"]
        for patterns in [inFolder, inName] {
            let found = keywords.compactMap { split, words -> (name: String, files: [String])? in
                let globs = words.flatMap { word in
                    patterns.map {
                        GlobPattern($0.replacing("K", with: word).replacing("[S]", with: "[\(separators)]"), .path)
                    }
                }
                let own = files.filter { file in globs.contains { $0.matches(file) } }
                return own.isEmpty ? nil : (split, own)
            }
            if !found.isEmpty { return found }
        }
        return [("train", files)]
    }

    /// `data/train-00000-of-00002.parquet`: the split may have any name.
    private static func byShards(_ files: [String]) -> [(name: String, files: [String])] {
        var splits: [String: [String]] = [:]
        for file in files {
            guard let match = file.wholeMatch(of: /data\/(?<split>\w+(?:\.\w+)*)-[0-9]{5}-of-[0-9]{5}.*\..*/) else {
                return []
            }
            splits[String(match.split), default: []].append(file)
        }
        let order = ["train", "validation", "test"]
        return splits.sorted { left, right in
            let (first, second) = (order.firstIndex(of: left.key) ?? 3, order.firstIndex(of: right.key) ?? 3)
            return (first, left.key) < (second, right.key)
        }.map { ($0.key, $0.value) }
    }
}

/// What is wrong with a data set repository.
public enum DatasetFilesError: Error, Sendable, Equatable, CustomStringConvertible {
    case noData(String, formats: [String])
    case noConfiguration(String, name: String, known: [String])
    case needsConfiguration(String, known: [String])
    case noMatch(String, configuration: String, split: String, patterns: [String])
    case malformedCard(String, reason: String)

    public var description: String {
        switch self {
        case .noData(let id, let formats):
            "\(id) has no data files that can be read; these can: \(formats.joined(separator: ", "))"
        case .noConfiguration(let id, let name, let known):
            "\(id) has no configuration '\(name)'; it has \(known.joined(separator: ", "))"
        case .needsConfiguration(let id, let known):
            "\(id) has several configurations, of which one must be named: \(known.joined(separator: ", "))"
        case .noMatch(let id, let configuration, let split, let patterns):
            "\(id) has no files for the split '\(split)' of '\(configuration)': \(patterns.joined(separator: ", "))"
        case .malformedCard(let id, let reason): "the metadata of \(id)'s README.md is not right: \(reason)"
        }
    }
}
