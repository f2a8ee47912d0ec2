extension Dataset {
    /// The rows of Arrow files (streams or files, as Python's `datasets` caches them), memory-mapped: they take no
    /// memory of their own, and may be more than there is. Class names and other features come with the files.
    ///
    /// - Parameter paths: files of the same columns, whose rows follow one another.
    /// - Throws: ``DatasetError`` where a file is missing or damaged, holds a type that a data set can't hold, or has
    ///   other columns than the first.
    public static func fromArrow(_ paths: [String]) throws -> Dataset { try fromArrow(paths, features: nil) }

    /// The rows of one Arrow file, memory-mapped.
    public static func fromArrow(_ path: String) throws -> Dataset { try fromArrow([path]) }

    /// - Parameter features: what the columns mean; nil for what the first file says.
    static func fromArrow(_ paths: [String], features: Features?) throws -> Dataset {
        guard !paths.isEmpty else { throw DatasetError.invalidArgument(name: "paths", problem: "no file is named") }
        var parts: [ArrowTable] = []
        var sources: [SourceFile] = []
        var first: ArrowReader?
        for path in paths {
            let reader = try ArrowReader.arrow(path)
            if let first, reader.schema != first.schema { throw reader.otherColumns(than: first) }
            parts.append(try reader.rest())
            sources.append(
                SourceFile(path: path, isRegular: true, rowCount: parts[parts.count - 1].rowCount, format: .binary))
            first = first ?? reader
        }
        let described = first.map { Features(stored: $0.schema, metadata: $0.metadata) }
        let dataset = try Dataset(parts: parts, features: features ?? described ?? Features([]), files: sources)
        for column in dataset.table.columns { column.array.origin.files = paths }
        return dataset
    }

    /// Rows of several tables one after another; all have the first one's columns.
    init(parts: [ArrowTable], features: Features, files: [SourceFile]) throws {
        do {
            var columns: [Column] = []
            for (place, name) in (parts.first?.names ?? []).enumerated() {
                let arrays = parts.map { $0.columns[place] }
                var array = try arrays.count == 1 ? arrays[0] : ArrowColumn.concatenating(arrays)
                let type = features[name]?.arranged(as: array.type)
                // Class labels in fewer bytes than ours.
                if let type, type.storage != array.type { array = try array.cast(to: type.storage) }
                columns.append(Column(name: name, type: type, array: array))
            }
            self.init(
                table: TableStorage(
                    columns: columns, rowCount: parts.reduce(0) { $0 + $1.rowCount },
                    source: files.isEmpty ? nil : RowSource(files: files)))
        } catch {
            throw error.asDatasetError
        }
    }
}

extension ArrowReader {
    /// - Throws: ``DatasetError`` where the file's columns have other names than those of `first`.
    func requireColumns(of first: ArrowReader) throws {
        guard Set(schema.map(\.name)) == Set(first.schema.map(\.name)) else { throw otherColumns(than: first) }
    }

    func otherColumns(than first: ArrowReader) -> DatasetError {
        .malformed(
            location: SourceLocation(file: path, line: nil), column: nil,
            problem: "the columns are \(Excerpt.of("\(schema)", limit: 200)) where \(first.path) has "
                + Excerpt.of("\(first.schema)", limit: 200), remedy: "give files of the same columns")
    }

    /// A table of the file's columns, without rows.
    func empty() throws -> ArrowTable {
        ArrowTable(
            rowCount: 0, names: schema.map(\.name),
            columns: try schema.map { try ColumnBuilder(name: $0.name, type: $0.type).finish() })
    }
}
