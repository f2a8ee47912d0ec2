internal import Foundation

/// The formats with what they need to know.
enum DataFileReading {
    case delimited(DelimitedOptions)
    case json(JSONLinesOptions)
    case text(TextOptions)
    case conll(ConllOptions)
    case squad
    case parquet(columns: [String]?)
    case arrow
}

/// Reads the files of one split: into memory where they are small, otherwise through an Arrow file in the cache.
struct DataFilesLoader {
    private let files: [String]
    private let reading: DataFileReading
    private let options: LoadOptions

    /// - Parameter paths: files, and patterns of them.
    init(_ paths: [String], reading: DataFileReading, options: LoadOptions) throws {
        files = try paths.expanded()
        self.reading = reading
        self.options = options
    }

    func load() throws -> Dataset {
        if case .arrow = reading, options.features == nil, options.keepInMemory != true {
            return try Dataset.fromArrow(files)
        }
        let areRegular = files.allSatisfy { FileStamp(path: $0)?.isRegular ?? true }
        let memoryLimit = try options.memoryLimit
        if try !areRegular || size() <= memoryLimit {
            do {
                // Text takes other room as columns than as text, but not without bound.
                let limit = reading.isText || memoryLimit > .max / 4 ? Int.max : memoryLimit * 4
                let sink = TableSink(path: nil, features: options.features, limit: limit)
                let (described, sources) = try read(into: sink, inMemory: true)
                return try sink.dataset(described: described, files: sources)
            } catch is FileBytes.TooLarge {
                // A compressed file holds more than its size let expect.
            }
        }
        return try loadThroughCache()
    }

    /// About the bytes that the rows take.
    private func size() throws -> Int {
        try files.reduce(0) { total, path in
            var size = FileStamp(path: path)?.size ?? 0
            if case .parquet(let columns) = reading {
                size = try ArrowReader.parquet(path, columns: columns).byteCount
            }
            let (sum, overflow) = total.addingReportingOverflow(size)
            return overflow ? .max : sum
        }
    }

    private func loadThroughCache() throws -> Dataset {
        let stamps = files.compactMap { FileStamp(path: $0) }
        let key = (["version 1", reading.key, options.features?.json ?? ""] + stamps.map(\.description))
            .joined(separator: "\n")
        let cache =
            options.cacheDir.map { DatasetCache(folder: URL(filePath: $0).appending(path: "swift")) } ?? .current
        return try cache.converted(key: Fingerprint(reading.name, key)) { path in
            let sink = TableSink(path: path, features: options.features)
            let (_, sources) = try read(into: sink, inMemory: false)
            return (try sink.close(), sources)
        }
    }

    /// Reads all rows.
    /// - Returns: what the columns mean, where the files say so, and the files.
    private func read(into sink: TableSink, inMemory: Bool) throws -> (described: Features?, files: [SourceFile]) {
        switch reading {
        case .delimited(let options): (nil, try read(into: sink, inMemory) { try DelimitedParser(options: options) })
        case .json(let options):
            (nil, try read(into: sink, inMemory) { try JSONLinesParser(options: options) })
        case .text(let options): (nil, try read(into: sink, inMemory) { PlainTextParser(options: options) })
        case .conll(let options): (nil, try read(into: sink, inMemory) { ConllParser(options: options) })
        case .squad: (nil, try read(into: sink, inMemory) { SquadParser() })
        case .parquet(let columns): try read(into: sink) { try ArrowReader.parquet($0, columns: columns) }
        case .arrow: try read(into: sink) { try ArrowReader.arrow($0) }
        }
    }

    private func read<Parser: TextParser>(
        into sink: TableSink, _ inMemory: Bool, _ makeParser: @escaping () throws -> Parser
    ) throws -> [SourceFile] {
        let memoryLimit = try options.memoryLimit
        let limit = memoryLimit < 0 ? Int.max : memoryLimit
        let inputs = try files.map { path in
            let input = try TextInput(path: path, inMemory: inMemory, limit: limit)
            switch reading {
            case .json(let json) where try json.field != nil || input.firstByte() == 0x5B:
                return try TextInput(elementsOf: input, field: json.field, limit: limit)
            case .squad: return try TextInput(elementsOf: input, field: SquadParser.field, limit: limit)
            default: return input
            }
        }
        return try TextTables(inputs, makeParser: makeParser).read(restart: { sink.restart() }, { try sink.append($0) })
    }

    private func read(
        into sink: TableSink, _ open: (String) throws -> ArrowReader
    ) throws -> (described: Features?, files: [SourceFile]) {
        var first: ArrowReader?
        var described: Features?
        var sources: [SourceFile] = []
        for path in files {
            let reader = try open(path)
            if let first { try reader.requireColumns(of: first) }
            let meaning = described ?? Features(stored: reader.schema, metadata: reader.metadata)
            var rows = 0
            while let table = try reader.next() {
                rows += table.rowCount
                try sink.append(try table.matching(first ?? reader, path: path), described: meaning)
            }
            // A file without rows still has columns.
            if rows == 0, first == nil { try sink.append(try reader.empty(), described: meaning) }
            described = meaning
            first = first ?? reader
            sources.append(SourceFile(path: path, isRegular: true, rowCount: rows, format: .binary))
        }
        return (described, sources)
    }
}

extension DataFileReading {
    fileprivate var isText: Bool {
        switch self {
        case .delimited, .json, .text, .conll, .squad: true
        case .parquet, .arrow: false
        }
    }

    /// Format and options as text that is the same in every process.
    var key: String {
        func list(_ types: [String: FeatureType]) -> String { Features(types).json }
        switch self {
        case .delimited(let options):
            return
                "csv \(options.delimiter) \(options.quoting) \(options.columnNames ?? ["-"]) \(list(options.columnTypes)) "
                + "\(options.stringColumns.sorted())"
        case .json(let options):
            return
                "json \(options.field ?? "-") \(options.field == nil) \(list(options.columnTypes)) "
                + "\(options.stringColumns.sorted()) \(options.columns.map { "\($0.sorted())" } ?? "all")"
        case .text(let options): return "text \(options.sampleBy.rawValue) \(options.keepLinebreaks)"
        case .conll(let options): return "conll \(options.key)"
        case .squad: return "squad"
        case .parquet(let columns): return "parquet \(columns.map { "\($0)" } ?? "all")"
        case .arrow: return "arrow"
        }
    }

    fileprivate var name: String {
        switch self {
        case .delimited: "csv"
        case .json: "json"
        case .text: "text"
        case .conll: "conll"
        case .squad: "squad"
        case .parquet: "parquet"
        case .arrow: "arrow"
        }
    }
}

extension ArrowTable {
    /// The table with the columns' order and types of the first file.
    fileprivate func matching(_ first: ArrowReader, path: String) throws -> ArrowTable {
        let ordered = ordered(first.schema.map(\.name))
        if ordered.features == first.schema { return ordered }
        let columns = try zip(ordered.columns, first.schema).map { try $0.brought(to: $1.type, name: $1.name) }
        return ArrowTable(rowCount: rowCount, names: ordered.names, columns: columns)
    }
}

/// What tells whether a file has changed.
struct FileStamp: CustomStringConvertible {
    let path: String
    let size: Int
    let modified: Double
    let isRegular: Bool

    /// nil where there is no file.
    init?(path: String) {
        // The blobs that a Hub snapshot's links lead to.
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved) else { return nil }
        self.path = resolved
        size = (attributes[.size] as? Int) ?? 0
        modified = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        isRegular = attributes[.type] as? FileAttributeType == .typeRegular
    }

    var description: String { "\(path) \(size) \(modified)" }
}
