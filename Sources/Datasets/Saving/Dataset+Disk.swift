internal import Foundation
internal import LocalFiles
internal import OrderedJSON

extension Dataset {
    /// Saves the rows and features to a folder that Python's `load_from_disk` loads, and ``loadFromDisk(_:)`` too.
    ///
    /// The folder is written under a temporary name and renamed, so that it is whole or not there; one that holds a
    /// data set already is replaced.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - maxShardRows: rows a file at most; nil for one file. Python loads files in parallel.
    /// - Throws: ``DatasetError``
    public func saveToDisk(_ path: String, maxShardRows: Int? = nil) throws {
        try SavedFolder.replace(path) { try save(in: $0, maxShardRows: maxShardRows) }
    }

    func save(in folder: String, maxShardRows: Int?) throws {
        if let maxShardRows, maxShardRows <= 0 {
            throw DatasetError.invalidArgument(name: "maxShardRows", problem: "\(maxShardRows) is no number of rows")
        }
        let rows = Swift.max(maxShardRows ?? numRows, 1)
        let shards = Swift.max((numRows + rows - 1) / rows, 1)
        var files: [JSONValue] = []
        for shard in 0..<shards {
            let name = "data-\(Self.fiveDigits(shard))-of-\(Self.fiveDigits(shards)).arrow"
            let writer = try ArrowFileWriter(path: "\(folder)/\(name)", features: features)
            try writer.append(select(Swift.min(shard * rows, numRows)..<Swift.min((shard + 1) * rows, numRows)))
            try writer.close()
            files.append(["filename": .string(name)])
        }
        let format = JSONFormat(indent: 2)
        let info: JSONValue = [
            "citation": "", "description": "", "features": features.jsonValue, "homepage": "", "license": "",
        ]
        let fingerprint = "\(Fingerprint(features.json, numRows, UUID().uuidString))"
        let state: JSONValue = [
            "_data_files": .array(files), "_fingerprint": .string(fingerprint),
            "_format_columns": nil, "_format_kwargs": [:], "_format_type": nil, "_output_all_columns": false,
            "_split": nil,
        ]
        try SavedFolder.write(info.serializedBytes(format), SavedFolder.infoName, in: folder)
        try SavedFolder.write(state.serializedBytes(format), SavedFolder.stateName, in: folder)
    }

    private static func fiveDigits(_ number: Int) -> String {
        String(repeating: "0", count: Swift.max(0, 5 - "\(number)".count)) + "\(number)"
    }

    /// A data set that Python's `save_to_disk` or ours has saved, memory-mapped.
    ///
    /// - Throws: ``DatasetError`` where the folder holds none, or holds several splits
    ///   (``DatasetDict/loadFromDisk(_:)`` loads those).
    public static func loadFromDisk(_ path: String) throws -> Dataset {
        let state = try SavedFolder.json(SavedFolder.stateName, in: path)
        guard let names = state["_data_files"]?.arrayValue?.compactMap({ $0["filename"]?.stringValue }) else {
            throw SavedFolder.damaged(path, SavedFolder.stateName)
        }
        let indices = state["_indices_data_files"]?.arrayValue?.compactMap({ $0["filename"]?.stringValue }) ?? []
        // A name that leaves the folder is none that `save_to_disk` wrote.
        guard
            (names + indices).allSatisfy({
                !$0.isEmpty && !$0.hasPrefix("/") && !$0.split(separator: "/").contains("..")
            })
        else { throw SavedFolder.damaged(path, SavedFolder.stateName) }
        let info = try SavedFolder.json(SavedFolder.infoName, in: path)
        guard !names.isEmpty else {
            let features = try info["features"].map { try Features(json: $0, stored: nil) } ?? Features([])
            return try Dataset(columns: features)
        }
        let rows = try Dataset.fromArrow(names.map { "\(path)/\($0)" })
        var result = try info["features"].flatMap { $0 == .null ? nil : $0 }.map { try rows.described(by: $0) } ?? rows
        if !indices.isEmpty {
            // Older versions of Python's keep the order of the rows apart.
            let order = try Dataset.fromArrow(indices.map { "\(path)/\($0)" })
            guard let name = order.columnNames.first else { throw SavedFolder.damaged(path, SavedFolder.stateName) }
            result = try result.select(try order.column(name) as [Int])
        }
        return result
    }

    /// No rows of these columns.
    init(columns features: Features) throws {
        let columns = try features.map { feature in
            Column(
                name: feature.name, type: feature.type,
                array: try ColumnBuilder(name: feature.name, type: feature.type.storage).finish())
        }
        self.init(table: TableStorage(columns: columns, rowCount: 0, source: nil))
    }

    /// The columns with the meaning that the JSON of Python's features gives them.
    func described(by json: JSONValue) throws -> Dataset {
        let stored = Features(table.columns.map { .init(name: $0.name, type: $0.array.type) })
        let features = try Features(json: json, stored: stored)
        let columns = try table.columns.map { column in
            guard let type = features[column.name] else {
                throw DatasetError.unknownColumn(name: column.name, available: features.map(\.name))
            }
            if let arranged = type.arranged(as: column.array.type), arranged.storage == column.array.type {
                return column.typed(arranged)
            }
            let brought = try column.array.brought(to: type, name: column.name)
            return Column(name: column.name, type: type, array: brought, selection: column.selection)
        }
        return Dataset(table: table.with(columns: columns))
    }
}

extension DatasetDict {
    /// Saves every split to a folder that Python's `load_from_disk` loads, and ``loadFromDisk(_:)`` too.
    /// - Throws: ``DatasetError``
    public func saveToDisk(_ path: String, maxShardRows: Int? = nil) throws {
        try SavedFolder.replace(path) { folder in
            for (name, dataset) in members {
                guard !name.isEmpty, name != ".", name != "..", !name.contains("/") else {
                    throw DatasetError.invalidArgument(name: "split", problem: "'\(name)' can't be a folder's name")
                }
                try SavedFolder.make("\(folder)/\(name)")
                try dataset.save(in: "\(folder)/\(name)", maxShardRows: maxShardRows)
            }
            let json: JSONValue = ["splits": .array(splitNames.map { .string($0) })]
            try SavedFolder.write(json.serializedBytes(), SavedFolder.dictName, in: folder)
        }
    }

    /// The splits that Python's `DatasetDict.save_to_disk` or ours has saved, memory-mapped.
    /// - Throws: ``DatasetError``
    public static func loadFromDisk(_ path: String) throws -> DatasetDict {
        let json = try SavedFolder.json(SavedFolder.dictName, in: path)
        guard let names = json["splits"]?.arrayValue?.compactMap(\.stringValue),
            names.allSatisfy({ !$0.isEmpty && $0 != ".." && $0 != "." && !$0.contains("/") })
        else { throw SavedFolder.damaged(path, SavedFolder.dictName) }
        return DatasetDict(try names.map { ($0, try Dataset.loadFromDisk("\(path)/\($0)")) })
    }
}

/// What Python's `load_from_disk` loads: splits, or one data set as the split `train`.
/// - Throws: ``DatasetError`` where the folder holds neither.
public func loadFromDisk(_ path: String) throws -> DatasetDict {
    if FileManager.default.fileExists(atPath: "\(path)/\(SavedFolder.dictName)") {
        return try DatasetDict.loadFromDisk(path)
    }
    return DatasetDict([("train", try Dataset.loadFromDisk(path))])
}

/// The folders of `save_to_disk`.
enum SavedFolder {
    static let stateName = "state.json"
    static let infoName = "dataset_info.json"
    static let dictName = "dataset_dict.json"

    /// Whether `save_to_disk` has written the folder.
    static func isOne(_ path: String) -> Bool {
        [stateName, dictName].contains { FileManager.default.fileExists(atPath: "\(path)/\($0)") }
    }

    static func json(_ name: String, in folder: String) throws -> JSONValue {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
            let isDict = name != dictName && FileManager.default.fileExists(atPath: "\(folder)/\(dictName)")
            throw DatasetError.unreadableFile(
                path: "\(folder)/\(name)",
                problem: isDict
                    ? "the folder holds several splits; load it with DatasetDict.loadFromDisk"
                    : "there is no such file: the folder holds no data set saved by save_to_disk")
        }
        guard let json = try? JSONValue(parsing: data, depthLimit: FeatureParser.depthLimit) else {
            throw damaged(folder, name)
        }
        return json
    }

    static func damaged(_ folder: String, _ name: String) -> DatasetError {
        .malformed(
            location: SourceLocation(file: "\(folder)/\(name)", line: nil), column: nil,
            problem: "not what save_to_disk writes", remedy: "save the data set anew")
    }

    /// Whether everything in a folder was written by `save_to_disk`, so that it may be replaced.
    private static func holdsNothingElse(_ path: String) -> Bool {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return false }
        let isDict = names.contains(dictName)
        return names.allSatisfy { name in
            if [stateName, infoName, dictName].contains(name) { return true }
            if name.hasSuffix(".arrow") { return names.contains(stateName) && names.contains(infoName) }
            return isDict && isOne("\(path)/\(name)") && holdsNothingElse("\(path)/\(name)")
        }
    }

    static func write(_ bytes: some Sequence<UInt8>, _ name: String, in folder: String) throws {
        try DatasetError.writing(folder) { try DurableFile.replace("\(folder)/\(name)", Data(bytes)) }
    }

    static func make(_ folder: String) throws {
        try DatasetError.writing(folder) { try DurableFile.makeFolder(folder) }
    }

    private static func move(_ folder: String, to place: String) throws {
        try DatasetError.writing(place) { try DurableFile.moveOnly(folder, to: place) }
    }

    /// Fills a folder under a temporary name, and puts it in the place of `path`.
    static func replace(_ path: String, _ fill: (String) throws -> Void) throws {
        let manager = FileManager.default
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        if manager.fileExists(atPath: path), !holdsNothingElse(path) {
            throw DatasetError.unwritableFile(path: path, problem: "it holds other files; name a new folder")
        }
        let parent = (path as NSString).deletingLastPathComponent
        if !parent.isEmpty { try make(parent) }
        let identity = UUID().uuidString
        let temporary = "\(path).incomplete-\(identity)"
        let old = "\(path).old-\(identity)"
        do {
            try? manager.removeItem(atPath: temporary)
            try make(temporary)
            try fill(temporary)
            // Rows may be mapped from the folder that is replaced: its files stay until they are let go.
            if manager.fileExists(atPath: path) { try move(path, to: old) }
            do {
                try move(temporary, to: path)
            } catch {
                try? move(old, to: path)
                throw error
            }
        } catch {
            try? manager.removeItem(atPath: temporary)
            throw error
        }
        // From here on the new folder is there, whatever becomes of its name on the disk.
        try? manager.removeItem(atPath: old)
        try DatasetError.writing(path) { try DurableFile.synchronize(parent.isEmpty ? "." : parent) }
    }
}
