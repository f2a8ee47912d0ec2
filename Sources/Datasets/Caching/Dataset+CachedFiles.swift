extension Dataset {
    /// The rows of a JSON Lines file, as ``fromJSONLines(_:options:)`` gives them but for the reading: the file is read
    /// block by block into an Arrow file of the cache, which is then memory-mapped. So the file may be larger than
    /// memory, and the next call with the same content and options starts at once.
    ///
    /// - Parameter cache: where the Arrow file is kept.
    /// - Throws: ``DatasetError`` with file, line and column of the first place that is malformed, or where the cache
    ///   can't be written.
    public static func fromJSONLines(
        _ path: String, options: JSONLinesOptions = JSONLinesOptions(), cache: DatasetCache
    ) throws -> Dataset {
        let key: [any FingerprintPart] = [
            "json", options.columnTypes.fingerprintText, options.stringColumns.sorted(),
        ]
        let rows = try cached(path, cache, key, JSONLinesSource(path: path, options: options))
        return rows.from(SourceFile(path: path, isRegular: true, rowCount: rows.numRows, format: .lines(from: 1)))
    }

    /// The same for a CSV file: see ``fromCSV(_:options:)``.
    public static func fromCSV(
        _ path: String, options: DelimitedOptions = .csv, cache: DatasetCache
    ) throws -> Dataset {
        let key: [any FingerprintPart] = [
            "csv", String(options.delimiter), options.quoting, options.columnNames, options.columnTypes.fingerprintText,
            options.stringColumns.sorted(),
        ]
        let source = DelimitedSource(path: path, options: options)
        let rows = try cached(path, cache, key, source)
        return rows.from(
            SourceFile(
                path: path, isRegular: true, rowCount: rows.numRows, format: .delimited(try source.layout())))
    }

    /// The same for a TSV file: see ``fromTSV(_:options:)``.
    public static func fromTSV(
        _ path: String, options: DelimitedOptions = .tsv, cache: DatasetCache
    ) throws -> Dataset {
        try fromCSV(path, options: options, cache: cache)
    }

    private static func cached(
        _ path: String, _ cache: DatasetCache, _ key: [any FingerprintPart], _ source: any BlockSource
    ) throws -> Dataset {
        let content = try cache.fingerprint(ofFile: path)
        return try cache.dataset(key: Fingerprint(parts: key + [content])) { temporary in
            let size = FileState(path: path)?.size
            let writer = PieceWriter(path: temporary)
            let reader = try source.open(at: nil)
            var row = 0
            while let rows = try reader.next() {
                try writer.append(rows.table.columns, rowCount: rows.numRows, firstRow: row)
                row += rows.numRows
                ProgressObserver.report("Load", done: reader.bytesRead, total: size, unit: .bytes)
            }
            try writer.close()
            ProgressObserver.finish("Load", done: reader.bytesRead, unit: .bytes)
        }
    }

    func from(_ file: SourceFile) -> Dataset {
        Dataset(table: TableStorage(columns: table.columns, rowCount: numRows, source: RowSource(.file(file))))
    }
}

extension [String: FeatureType] {
    fileprivate var fingerprintText: String {
        sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value.description] }.fingerprintText
    }
}
