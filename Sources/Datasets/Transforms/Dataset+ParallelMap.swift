extension Dataset {
    /// The data set with the columns that `transform` gives for each row, made on several threads and, where a
    /// fingerprint is given, kept on disk: the next call with the same rows and fingerprint reads the file instead.
    ///
    /// The result is that of the plain `map`, whatever the number of threads. A row knows its number (``Row/index``), so
    /// there is no `with_indices`.
    ///
    /// - Parameters:
    ///   - inputColumns: the columns that `transform` sees; nil for all. With a fingerprint, only changes in these make
    ///     the file out of date.
    ///   - removeColumns: columns to leave out of the result; `transform` still sees them.
    ///   - features: types of new columns; those of others are inferred.
    ///   - numProc: the number of threads.
    ///   - fingerprint: stands for `transform` and all that it depends on; nil: nothing is kept on disk.
    ///   - loadFromCacheFile: whether a file that is there is read; false makes it anew.
    ///   - cacheFileName: where to keep the result; nil for a file in the cache's folder.
    ///   - desc: what progress reports call it.
    ///   - transform: gives the same column names for every row; called on several threads at once.
    /// - Throws: what `transform` throws for the first row for which it does; ``DatasetError`` where names or types
    ///   differ from row to row, or the file can't be written.
    public func map<Result: RowConvertible & SendableMetatype>(
        inputColumns: [String]? = nil, removeColumns: [String] = [], features: Features? = nil, numProc: Int,
        fingerprint: Fingerprint? = nil, loadFromCacheFile: Bool = true, cacheFileName: String? = nil,
        desc: String = "Map", _ transform: @Sendable (Row) throws -> Result
    ) throws -> Dataset {
        let options = MapOptions(
            inputColumns: inputColumns, removeColumns: removeColumns, features: features, numProc: numProc,
            fingerprint: fingerprint, loadFromCacheFile: loadFromCacheFile, cacheFileName: cacheFileName, desc: desc)
        return try map(options) { try CollectedRows($0) { try transform($0).columns }.columns }
    }

    /// The same for a dictionary of several types, whose columns come sorted by name.
    public func map(
        inputColumns: [String]? = nil, removeColumns: [String] = [], features: Features? = nil, numProc: Int,
        fingerprint: Fingerprint? = nil, loadFromCacheFile: Bool = true, cacheFileName: String? = nil,
        desc: String = "Map", _ transform: @Sendable (Row) throws -> [String: any CellConvertible]
    ) throws -> Dataset {
        let options = MapOptions(
            inputColumns: inputColumns, removeColumns: removeColumns, features: features, numProc: numProc,
            fingerprint: fingerprint, loadFromCacheFile: loadFromCacheFile, cacheFileName: cacheFileName, desc: desc)
        return try map(options) { batch in
            try CollectedRows(batch) { row in
                try transform(row).sorted { $0.key < $1.key }.map { ($0.key, $0.value.cellValue) }
            }.columns
        }
    }

    /// The data set with the columns that `transform` gives for batches of rows: see
    /// ``map(inputColumns:removeColumns:features:numProc:fingerprint:loadFromCacheFile:cacheFileName:desc:_:)-(_,_,_,_,_,_,_,_,(Row)->Result)``.
    ///
    /// - Parameters:
    ///   - batched: true; false hands over batches of one row.
    ///   - batchSize: rows a batch; the last may be shorter.
    ///   - inputColumns: the columns that `transform` sees; nil for all.
    ///   - removeColumns: columns that are left out.
    ///   - features: the columns' types; nil for those of the first values.
    ///   - numProc: how many threads work.
    ///   - fingerprint: what the result depends on beside the rows: with it the result is kept on disk.
    ///   - loadFromCacheFile: whether a result that is kept already is taken.
    ///   - cacheFileName: the file that the result is kept in; nil for one in the cache.
    ///   - desc: what progress is called.
    ///   - transform: gives one value a row; where all the old columns are removed it may give more values, or fewer.
    public func map<Result: BatchConvertible & SendableMetatype>(
        batched: Bool, batchSize: Int = 1000, inputColumns: [String]? = nil, removeColumns: [String] = [],
        features: Features? = nil, numProc: Int, fingerprint: Fingerprint? = nil, loadFromCacheFile: Bool = true,
        cacheFileName: String? = nil, desc: String = "Map", _ transform: @Sendable (RowBatch) throws -> Result
    ) throws -> Dataset {
        let options = MapOptions(
            inputColumns: inputColumns, removeColumns: removeColumns, features: features,
            batchSize: batched ? batchSize : 1, numProc: numProc, fingerprint: fingerprint,
            loadFromCacheFile: loadFromCacheFile, cacheFileName: cacheFileName, desc: desc)
        return try map(options) { try transform($0).columns }
    }

    /// The same for a dictionary literal of several types.
    public func map(
        batched: Bool, batchSize: Int = 1000, inputColumns: [String]? = nil, removeColumns: [String] = [],
        features: Features? = nil, numProc: Int, fingerprint: Fingerprint? = nil, loadFromCacheFile: Bool = true,
        cacheFileName: String? = nil, desc: String = "Map",
        _ transform: @Sendable (RowBatch) throws -> [String: any ColumnConvertible]
    ) throws -> Dataset {
        let options = MapOptions(
            inputColumns: inputColumns, removeColumns: removeColumns, features: features,
            batchSize: batched ? batchSize : 1, numProc: numProc, fingerprint: fingerprint,
            loadFromCacheFile: loadFromCacheFile, cacheFileName: cacheFileName, desc: desc)
        return try map(options) { try transform($0).sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }
}

/// What a transform of single rows gave for a batch, column by column.
struct CollectedRows {
    let columns: [(name: String, values: any ColumnConvertible)]

    init(_ batch: RowBatch, _ transform: (Row) throws -> [(name: String, value: CellValue)]) throws {
        var names: [String] = []
        var cells: [[CellValue]] = []
        for row in batch {
            let values = try transform(row)
            if row.index == batch.startIndex {
                names = values.map(\.name)
                cells = names.map { _ in [] }
            }
            guard values.map(\.name) == names else {
                throw DatasetError.invalidArgument(
                    name: "transform",
                    problem:
                        "gives the columns \(values.map(\.name)) for row \(row.index), but \(names) for the rows before"
                )
            }
            for (place, value) in values.enumerated() { cells[place].append(value.value) }
        }
        columns = zip(names, cells).map { ($0, $1) }
    }
}
