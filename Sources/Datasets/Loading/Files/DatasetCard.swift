internal import OrderedJSON
internal import Foundation
internal import Yams

/// What the head of a data set repository's `README.md` says about its files.
struct DatasetCard {
    /// One of the repository's data sets.
    struct Configuration {
        let name: String
        let isDefault: Bool
        /// Splits with the patterns of their files; nil where only a folder is named, or nothing.
        let dataFiles: [(split: String, patterns: [String])]?
        let dataFolder: String?
        /// Separator and column names of delimited files, where they are given.
        let separator: Character?
        let features: Features?
    }

    let configurations: [Configuration]

    /// The card of a folder; nil where there is none.
    static func text(in folder: String) -> String? {
        let path = "\(folder)/README.md"
        guard let size = FileState(path: path)?.size, size < longest else { return nil }
        return FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Bytes; longer ones are none.
    private static let longest = 16 << 20

    /// Reads a card; nil where it says nothing about data files.
    ///
    /// - Parameter path: Where the text is from, for messages.
    /// - Throws: ``DatasetError/malformed(location:column:problem:remedy:)`` where its head is no YAML, or not of the
    ///   shape that the Hub documents.
    init?(_ text: String, source path: String) throws {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        guard lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") else { return nil }
        let reader = CardReader(path: path)
        let head: Node?
        do {
            head = try Yams.compose(yaml: lines[1..<end].joined(separator: "\n"))
        } catch {
            throw reader.malformed(Excerpt.of("\(error)", limit: 120))
        }
        guard let mapping = head?.mapping else { return nil }
        let configs = mapping["configs"].flatMap { $0.null == nil ? $0 : nil }
        if let configs, configs.sequence == nil { throw reader.malformed("configs is no list") }
        let infos = mapping["dataset_info"].map { $0.sequence.map(Array.init) ?? [$0] } ?? []
        if let configurations = configs?.sequence, !configurations.isEmpty {
            self.configurations = try configurations.map { try reader.configuration($0, infos: infos) }
        } else if let features = try reader.features(of: "default", infos: infos) {
            configurations = [
                Configuration(
                    name: "default", isDefault: true, dataFiles: nil, dataFolder: nil, separator: nil,
                    features: features)
            ]
        } else {
            return nil
        }
    }

    /// The data set of this name; without a name the only one, the one that is marked, or the one that is called `default`.
    ///
    /// - Throws: ``DatasetError/invalidArgument(name:problem:)``.
    func choose(_ name: String?, _ source: String) throws -> Configuration {
        let names = configurations.map { "'\(Excerpt.of($0.name))'" }.joined(separator: ", ")
        func wrong(_ problem: String) -> DatasetError {
            .invalidArgument(name: "name", problem: "\(problem); name one of \(names)")
        }
        if let name {
            guard let found = configurations.last(where: { $0.name == name }) else {
                throw wrong("'\(Excerpt.of(name))' is none of the data sets in \(source)")
            }
            return found
        }
        if configurations.count == 1 { return configurations[0] }
        let marked = configurations.filter { $0.isDefault || $0.name == "default" }
        guard let found = marked.first, marked.count == 1 else {
            throw wrong("\(source) holds several data sets" + (marked.isEmpty ? "" : ", and several defaults"))
        }
        return found
    }
}

private struct CardReader {
    let path: String

    func malformed(_ problem: String) -> DatasetError {
        .malformed(
            location: SourceLocation(file: path, line: nil), column: nil, problem: "the card's head: \(problem)",
            remedy: "mend it, or name the files yourself")
    }

    func configuration(_ node: Node, infos: [Node]) throws -> DatasetCard.Configuration {
        guard let mapping = node.mapping, let name = mapping["config_name"]?.string else {
            throw malformed("an entry of configs has no config_name")
        }
        let separator = (mapping["sep"] ?? mapping["delimiter"])?.string
        if let separator, separator.count != 1 {
            throw malformed("sep: '\(Excerpt.of(separator))' is not one character")
        }
        let features = try features(of: name, infos: infos)
        return DatasetCard.Configuration(
            name: name, isDefault: mapping["default"]?.bool ?? false,
            dataFiles: try mapping["data_files"].map { try dataFiles($0) }, dataFolder: mapping["data_dir"]?.string,
            separator: separator?.first, features: features)
    }

    /// A pattern, a list of patterns, or a list of splits with their patterns.
    private func dataFiles(_ node: Node) throws -> [(split: String, patterns: [String])] {
        if let pattern = node.scalar?.string { return [("train", [pattern])] }
        guard let entries = node.sequence else { throw malformed("data_files is no list") }
        if entries.allSatisfy({ $0.scalar != nil }) { return [("train", entries.compactMap(\.string))] }
        var seen: Set<String> = []
        return try entries.map { entry in
            guard let split = entry.mapping?["split"]?.string, let path = entry.mapping?["path"] else {
                throw malformed("an entry of data_files lacks split or path")
            }
            let patterns = path.scalar.map { [$0.string] } ?? path.sequence?.compactMap(\.string) ?? []
            guard !patterns.isEmpty, patterns.count == path.sequence?.count ?? 1 else {
                throw malformed("the split '\(Excerpt.of(split))' has no path, or one that is no text")
            }
            try SplitNames.check(split, of: self.path)
            guard seen.insert(split).inserted else { throw malformed("the split '\(Excerpt.of(split))' comes twice") }
            return (split, patterns)
        }
    }

    // MARK: Features, in the card's own notation

    /// The features of one of the data sets that `dataset_info` describes; nil where it describes none of that name.
    func features(of name: String, infos: [Node]) throws -> Features? {
        let info = infos.first { ($0.mapping?["config_name"]?.string ?? "default") == name }
        return try info?.mapping?["features"]?.sequence.map { try features($0) }
    }

    private func features(_ list: Node.Sequence) throws -> Features {
        // Aliases of YAML let a few lines stand for more features than memory holds.
        var left = Self.mostFeatures
        return try features(list, depth: 0, &left)
    }

    private static let mostFeatures = 100_000

    private func features(_ list: Node.Sequence, depth: Int, _ left: inout Int) throws -> Features {
        var found: [Features.Feature] = []
        for node in list {
            guard let name = node.mapping?["name"]?.string else { throw malformed("a feature has no name") }
            left -= 1
            guard left >= 0 else { throw malformed("there are more than \(Self.mostFeatures) features") }
            found.append(Features.Feature(name: name, type: try type(node, column: name, depth: depth, &left)))
        }
        return Features(found)
    }

    private func type(_ node: Node, column: String, depth: Int, _ left: inout Int) throws -> FeatureType {
        guard depth < 64 else { throw malformed("features are nested too deeply") }
        if let dtype = node.scalar?.string { return try value(dtype, column: column) }
        guard let mapping = node.mapping else {
            guard let fields = node.sequence else { throw malformed("the feature '\(column)' has no type") }
            return .structure(try features(fields, depth: depth + 1, &left))
        }
        if let dtype = mapping["dtype"] { return try type(dtype, column: column, depth: depth + 1, &left) }
        if let label = mapping["class_label"] { return .classLabel(try self.label(label)) }
        if let fields = mapping["struct"]?.sequence {
            return .structure(try features(fields, depth: depth + 1, &left))
        }
        if let element = mapping["large_list"] {
            return .largeList(try type(element, column: column, depth: depth + 1, &left))
        }
        if let element = mapping["list"] ?? mapping["sequence"] {
            let element = try type(element, column: column, depth: depth + 1, &left)
            if mapping["sequence"] != nil, case .structure(let fields) = element {
                return .structure(Features(fields.map { .init(name: $0.name, type: .list($0.type)) }))
            }
            guard let length = mapping["length"]?.int, length >= 0 else { return .list(element) }
            guard length <= Int(Int32.max) else { throw malformed("the feature '\(column)' has lists of \(length)") }
            return .fixedSizeList(element, length: length)
        }
        throw malformed("the feature '\(column)' has no type that is known")
    }

    private func value(_ dtype: String, column: String) throws -> FeatureType {
        // What Python keeps as a struct of bytes and path.
        if ["image", "audio", "video", "pdf", "nifti"].contains(dtype) {
            let json: JSONValue = ["_type": .string(dtype.capitalized)]
            return try FeatureParser(column: column).type(json, stored: nil)
        }
        return try FeatureParser(column: column).value(dtype)
    }

    private func label(_ node: Node) throws -> ClassLabel {
        guard let names = node.mapping?["names"] else { throw malformed("a class_label has no names") }
        if let list = names.sequence { return try ClassLabel(names: list.compactMap(\.string)) }
        let numbered = (names.mapping ?? [:]).compactMap { key, value -> (number: Int, name: String)? in
            guard let number = key.int ?? key.string.flatMap({ Int($0) }), let name = value.string else { return nil }
            return (number, name)
        }.sorted { $0.number < $1.number }
        guard numbered.enumerated().allSatisfy({ $0.offset == $0.element.number }) else {
            throw malformed("the numbers of class_label's names have gaps")
        }
        return try ClassLabel(names: numbered.map(\.name))
    }
}
