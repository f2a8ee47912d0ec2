/// Where the rows go that a loader reads, table by table.
final class TableSink {
    /// An Arrow file, where the rows aren't kept in memory.
    private let path: String?
    private let features: Features?
    private var writer: ArrowFileWriter?
    private var parts: [ArrowTable] = []
    /// The most bytes that are kept in memory; encoded files may hold far more than their size says.
    private let limit: Int
    private var bytes = 0

    /// - Parameter features: what the rows are brought to.
    init(path: String?, features: Features?, limit: Int = .max) {
        self.limit = limit
        self.path = path
        self.features = features
    }

    /// Forgets all rows.
    func restart() {
        writer = nil
        parts = []
        bytes = 0
    }

    /// - Parameter described: what the table's columns mean, where the file says so.
    func append(_ table: ArrowTable, described: Features? = nil) throws {
        if path == nil {
            bytes = bytes.addingReportingOverflow(table.byteCount).partialValue
            guard bytes <= limit else { throw FileBytes.TooLarge() }
        }
        let table = try features.map { try table.brought(to: $0) } ?? table
        guard let path else {
            parts.append(table)
            return
        }
        if table.rowCount == 0, writer != nil { return }
        let writer =
            try writer
            ?? ArrowFileWriter(
                path: path, features: features ?? described ?? table.features, format: .stream, hashing: true)
        self.writer = writer
        try writer.append(Dataset(parts: [table], features: writer.features, files: []))
        ProgressObserver.report("Load", done: writer.numRows, total: nil)
    }

    /// Ends the file.
    /// - Returns: the hash of its content.
    func close() throws -> Fingerprint {
        guard let writer else { throw DatasetError.storage(problem: "there are no rows to be written") }
        try writer.close()
        ProgressObserver.finish("Load", done: writer.numRows)
        return try writer.fingerprint
    }

    /// The rows in memory.
    func dataset(described: Features?, files: [SourceFile]) throws -> Dataset {
        try Dataset(
            parts: parts, features: features ?? described ?? parts.first?.features ?? Features([]), files: files)
    }
}

extension ArrowTable {
    /// The columns' types as they are stored.
    var features: Features { Features(zip(names, columns).map { .init(name: $0, type: $1.type) }) }

    /// The columns of `features`, as their types.
    /// - Throws: ``DatasetError`` where one is missing, or a value doesn't fit.
    func brought(to features: Features) throws -> ArrowTable {
        for name in names where features[name] == nil {
            throw DatasetError.invalidArgument(
                name: "features", problem: "the column '\(Excerpt.of(name))' of the file is not among them")
        }
        let columns = try features.map { feature -> ArrowColumn in
            guard let place = names.firstIndex(of: feature.name) else {
                throw DatasetError.unknownColumn(name: feature.name, available: names)
            }
            return try self.columns[place].brought(to: feature.type, name: feature.name)
        }
        return ArrowTable(rowCount: rowCount, names: features.map(\.name), columns: columns)
    }
}

extension ArrowColumn {
    /// The column as another type; class names become their numbers.
    func brought(to type: FeatureType, name: String) throws -> ArrowColumn {
        if self.type == type.storage, type == type.storage { return self }
        if !type.holdsClassLabel || (self.type == type.storage && self.type != .string) {
            do {
                return try cast(to: type)
            } catch {
                throw DatasetError.typeMismatch(
                    column: name, row: nil, location: nil, found: "\(self.type)",
                    wanted: "\(type) (\(Excerpt.of(error.message, limit: 100)))")
            }
        }
        let builder = ColumnBuilder(name: name, type: type)
        for row in 0..<count {
            let (chunk, index) = locate(row)
            try builder.append(chunk.cellValue(index, type: self.type))
        }
        return try builder.finish()
    }
}

extension FeatureType {
    fileprivate var holdsClassLabel: Bool {
        switch self {
        case .classLabel: true
        case .structure(let fields): fields.contains { $0.type.holdsClassLabel }
        default: element?.holdsClassLabel ?? false
        }
    }
}
