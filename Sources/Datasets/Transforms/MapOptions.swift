/// The arguments of a `map` or `filter` that runs on several threads or is kept on disk.
struct MapOptions: Sendable {
    var inputColumns: [String]?
    var removeColumns: [String] = []
    var features: Features?
    var batchSize = 1000
    var numProc = 1
    var fingerprint: Fingerprint?
    var loadFromCacheFile = true
    var cacheFileName: String?
    var desc: String

    func check() throws {
        guard batchSize > 0 else {
            throw DatasetError.invalidArgument(
                name: "batchSize", problem: "\(batchSize) is not a positive number of rows")
        }
        guard numProc > 0 else {
            throw DatasetError.invalidArgument(
                name: "numProc", problem: "\(numProc) is not a positive number of threads")
        }
        guard cacheFileName == nil || fingerprint != nil else {
            throw DatasetError.invalidArgument(
                name: "cacheFileName",
                problem: "needs a fingerprint that stands for the transform, to tell when the file is out of date")
        }
    }
}

extension Dataset {
    /// The columns that a transform sees.
    func view(_ inputColumns: [String]?) throws -> Dataset { try inputColumns.map { try selectColumns($0) } ?? self }

    func map(_ options: MapOptions, _ transform: MapRun.Transform) throws -> Dataset {
        try options.check()
        for name in options.removeColumns { _ = try table.requirePlace(of: name) }
        let run = MapRun(
            input: try view(options.inputColumns), batchSize: options.batchSize, threads: options.numProc,
            features: options.features, mayResize: columnNames.allSatisfy(options.removeColumns.contains),
            description: options.desc)
        let result: (columns: [Column], rowCount: Int)
        if let fingerprint = options.fingerprint, !isEmpty {
            let stored = try DatasetCache.current.dataset(
                key: Fingerprint(
                    "map", fingerprint, run.input.fingerprint, options.batchSize, options.features?.json, run.mayResize),
                fileName: options.cacheFileName, mayLoad: options.loadFromCacheFile
            ) { try run.store(in: $0, transform) }
            result = (stored.table.columns, stored.numRows)
        } else {
            result = try run.collect(transform)
        }
        guard result.rowCount == numRows else {
            return Dataset(table: TableStorage(columns: result.columns, rowCount: result.rowCount, source: nil))
        }
        return try merging(result.columns, removing: options.removeColumns)
    }
}
