import Yams

/// One of the `configs` that the metadata of a data set's `README.md` lists.
struct DatasetConfiguration {
    let name: String
    let isDefault: Bool
    /// Where its files are; nil: anywhere.
    let folder: String?
    /// The patterns of each split's files; none: told by names.
    let splits: [(name: String, patterns: [String])]

    /// nil where the card lists none.
    ///
    /// - Throws: ``DatasetFilesError/malformedCard(_:reason:)``.
    static func all(in card: String?, _ id: String) throws(DatasetFilesError) -> [DatasetConfiguration]? {
        guard let card, let yaml = frontMatter(card) else { return nil }
        let node: Node?
        do { node = try Yams.compose(yaml: yaml) } catch {
            throw .malformedCard(id, reason: "it is no YAML (\(error))")
        }
        guard let list = node?.mapping?["configs"] else { return nil }
        guard let items = list.sequence else { throw .malformedCard(id, reason: "configs is no list") }
        var result: [DatasetConfiguration] = []
        for item in items { result.append(try DatasetConfiguration(item, id)) }
        return result
    }

    /// The one of this name; without a name the default, or the only one.
    static func choose(
        _ name: String?, among all: [DatasetConfiguration], _ id: String
    ) throws(DatasetFilesError) -> DatasetConfiguration {
        let known = all.map(\.name)
        if let name {
            guard let found = all.first(where: { $0.name == name }) else {
                throw .noConfiguration(id, name: name, known: known)
            }
            return found
        }
        if let only = all.count == 1 ? all.first : all.first(where: { $0.isDefault || $0.name == "default" }) {
            return only
        }
        throw .needsConfiguration(id, known: known)
    }

    private static func frontMatter(_ text: String) -> String? {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        guard lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") else { return nil }
        return lines[1..<end].joined(separator: "\n")
    }

    private init(_ node: Node, _ id: String) throws(DatasetFilesError) {
        guard let name = node.mapping?["config_name"]?.string else {
            throw .malformedCard(id, reason: "an entry of configs has no config_name")
        }
        self.name = name
        isDefault = node.mapping?["default"]?.bool ?? false
        folder = node.mapping?["data_dir"]?.string.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        splits =
            try node.mapping?["data_files"].map { files throws(DatasetFilesError) in
                try Self.splits(files, name, id)
            } ?? []
    }

    private static func splits(
        _ node: Node, _ name: String, _ id: String
    ) throws(DatasetFilesError) -> [(name: String, patterns: [String])] {
        func texts(_ node: Node?) throws(DatasetFilesError) -> [String] {
            if let text = node?.string { return [text] }
            let all = node?.sequence.map { $0.compactMap(\.string) } ?? []
            guard !all.isEmpty, all.count == node?.sequence?.count else {
                throw .malformedCard(id, reason: "data_files of \(name) must be a path, paths, or splits with paths")
            }
            return all
        }
        guard let items = node.sequence, items.contains(where: { $0.mapping != nil }) else {
            return [("train", try texts(node))]
        }
        var result: [(name: String, patterns: [String])] = []
        for item in items {
            guard let split = item.mapping?["split"]?.string, !result.contains(where: { $0.name == split }) else {
                throw .malformedCard(id, reason: "each entry of data_files of \(name) needs a split of its own")
            }
            result.append((split, try texts(item.mapping?["path"])))
        }
        return result
    }
}
