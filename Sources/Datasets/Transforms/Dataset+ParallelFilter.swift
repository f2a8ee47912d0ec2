extension Dataset {
    /// The rows for which `isIncluded` holds, in order; asked on several threads and, where a fingerprint is given, kept
    /// on disk as a list of row numbers.
    ///
    /// The parameters are those of the parallel `map`.
    public func filter(
        inputColumns: [String]? = nil, numProc: Int, fingerprint: Fingerprint? = nil, loadFromCacheFile: Bool = true,
        cacheFileName: String? = nil, desc: String = "Filter", _ isIncluded: @Sendable (Row) throws -> Bool
    ) throws -> Dataset {
        try filter(
            MapOptions(
                inputColumns: inputColumns, numProc: numProc, fingerprint: fingerprint,
                loadFromCacheFile: loadFromCacheFile, cacheFileName: cacheFileName, desc: desc)
        ) { batch in try batch.indices.filter { try isIncluded(batch[$0]) } }
    }

    /// The same for batches of rows: `areIncluded` gives one value a row.
    public func filter(
        batched: Bool, batchSize: Int = 1000, inputColumns: [String]? = nil, numProc: Int,
        fingerprint: Fingerprint? = nil, loadFromCacheFile: Bool = true, cacheFileName: String? = nil,
        desc: String = "Filter", _ areIncluded: @Sendable (RowBatch) throws -> [Bool]
    ) throws -> Dataset {
        try filter(
            MapOptions(
                inputColumns: inputColumns, batchSize: batched ? batchSize : 1, numProc: numProc,
                fingerprint: fingerprint, loadFromCacheFile: loadFromCacheFile, cacheFileName: cacheFileName,
                desc: desc)
        ) { batch in
            let chosen = try areIncluded(batch)
            guard chosen.count == batch.count else {
                throw DatasetError.invalidArgument(
                    name: "areIncluded",
                    problem: "gives \(chosen.count) values for \(batch.count) rows from row \(batch.startIndex)")
            }
            return zip(batch.indices, chosen).filter(\.1).map(\.0)
        }
    }

    private func filter(_ options: MapOptions, _ choose: @Sendable (RowBatch) throws -> [Int]) throws -> Dataset {
        try options.check()
        let run = MapRun(
            input: try view(options.inputColumns), batchSize: options.batchSize, threads: options.numProc,
            features: Features([Features.Feature(name: "indices", type: .int64)]), mayResize: true,
            description: options.desc)
        @Sendable func transform(_ batch: RowBatch) throws -> [(name: String, values: any ColumnConvertible)] {
            [("indices", try choose(batch))]
        }
        guard let fingerprint = options.fingerprint, !isEmpty else {
            let (columns, rowCount) = try run.collect(transform)
            return selecting(
                try Dataset(table: TableStorage(columns: columns, rowCount: rowCount, source: nil)).indicesColumn)
        }
        let stored = try DatasetCache.current.dataset(
            key: Fingerprint("filter", fingerprint, run.input.fingerprint, options.batchSize),
            fileName: options.cacheFileName, mayLoad: options.loadFromCacheFile
        ) { try run.store(in: $0, transform) }
        let rows = try stored.indicesColumn
        guard rows.allSatisfy({ $0 >= 0 && $0 < numRows }) else {
            throw DatasetError.storage(problem: "the kept row numbers of a filter are outside its \(numRows) rows")
        }
        return selecting(rows)
    }

    /// The row numbers that a filter chose.
    private var indicesColumn: [Int] {
        get throws { isEmpty ? [] : try column("indices") }
    }
}
