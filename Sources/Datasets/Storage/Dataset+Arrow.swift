extension Dataset {
    /// The rows of Arrow files (streams or files, as Python's `datasets` caches them), memory-mapped: they take no
    /// memory of their own, and may be more than there is. Class names and other features come with the files.
    ///
    /// - Parameter paths: files of the same columns, whose rows follow one another.
    /// - Throws: ``DatasetError`` where a file is missing or damaged, holds a type that a data set can't hold, or has
    ///   other columns than the first.
    public static func fromArrow(_ paths: [String]) throws -> Dataset { try fromArrow(paths, check: .offsets) }

    /// The rows of one Arrow file, memory-mapped.
    public static func fromArrow(_ path: String) throws -> Dataset { try fromArrow([path]) }

    /// - Parameter features: what the columns mean; nil for what the first file says.
    static func fromArrow(
        _ paths: [String], check: ArrowReader.Check, features: Features? = nil
    ) throws -> Dataset {
        guard !paths.isEmpty else { throw DatasetError.invalidArgument(name: "paths", problem: "no file is named") }
        var parts: [(path: String, table: ArrowTable)] = []
        var described: Features?
        for path in paths {
            let reader = try ArrowReader.arrow(path, check: check)
            if let first = parts.first { try reader.requireColumns(of: first.table, in: first.path) }
            described = described ?? Features(stored: reader.schema, metadata: reader.metadata)
            parts.append((path, try reader.rest()))
        }
        return try Dataset(parts: parts, features: features ?? described ?? Features([]))
    }

    /// Rows of several files one after another; all have the first one's columns.
    init(parts: [(path: String, table: ArrowTable)], features: Features) throws {
        do {
            var columns: [Column] = []
            for (place, name) in (parts.first?.table.names ?? []).enumerated() {
                let arrays = parts.map { $0.table.columns[place] }
                let array = try arrays.count == 1 ? arrays[0] : ArrowColumn.concatenating(arrays)
                columns.append(Column(name: name, type: features[name]?.arranged(as: array.type), array: array))
            }
            let source = RowSource(
                files: parts.map {
                    SourceFile(path: $0.path, isRegular: true, rowCount: $0.table.rowCount, format: .binary)
                })
            self.init(
                table: TableStorage(
                    columns: columns, rowCount: parts.reduce(0) { $0 + $1.table.rowCount }, source: source))
        } catch {
            throw error.asDatasetError
        }
    }
}

extension ArrowReader {
    /// - Throws: ``DatasetError`` where the file's columns aren't those of `table`.
    func requireColumns(of table: ArrowTable, in first: String) throws {
        let wanted = Features(zip(table.names, table.columns).map { .init(name: $0, type: $1.type) })
        guard schema != wanted else { return }
        throw DatasetError.malformed(
            location: SourceLocation(file: path, line: nil), column: nil,
            problem: "the columns are \(Excerpt.of("\(schema)", limit: 200)) where \(first) has "
                + Excerpt.of("\(wanted)", limit: 200), remedy: "give files of the same columns")
    }
}
