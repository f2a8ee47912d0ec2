extension Dataset {
    /// The rows without the first `count`.
    public func skip(_ count: Int) -> Dataset {
        let start = Swift.min(Swift.max(count, 0), numRows)
        return Dataset(
            table: table.selecting(rowCount: numRows - start) { .choosing(start..<self.numRows, from: $0) })
    }

    /// One of `numShards` parts of the rows, as Python's `shard`.
    ///
    /// - Parameters:
    ///   - numShards: the number of parts.
    ///   - index: which part, from 0.
    ///   - contiguous: whether a part's rows follow one another, the first parts having a row more where they can't be
    ///     equal; otherwise it is every `numShards`-th row.
    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` for an index outside `0..<numShards`.
    public func shard(numShards: Int, index: Int, contiguous: Bool = true) throws -> Dataset {
        guard numShards > 0, (0..<numShards).contains(index) else {
            throw DatasetError.invalidArgument(name: "index", problem: "\(index) is not in 0..<\(numShards)")
        }
        guard contiguous else { return selecting(Array(stride(from: index, to: numRows, by: numShards))) }
        return try select(Shards.range(of: index, count: numShards, total: numRows))
    }

    /// All rows `numTimes` times, one round after the other.
    public func `repeat`(_ numTimes: Int) -> Dataset {
        let rounds = Swift.max(numTimes, 0)
        return rounds == 1 ? self : selecting((0..<rounds).flatMap { _ in 0..<numRows })
    }

    /// The same rows with the values copied in their order, so that a shuffled data set is read as fast as a fresh one.
    /// - Throws: ``DatasetError/storage(problem:)``
    public func flattenIndices() throws -> Dataset {
        let columns = try table.columns.map { try $0.gathered(rowCount: numRows) }
        return Dataset(table: table.with(columns: columns))
    }

    /// Batches of rows, one after the other; the last may be shorter.
    ///
    /// - Parameters:
    ///   - batchSize: rows a batch, at least 1.
    ///   - dropLastBatch: whether a last batch that is shorter is left out.
    public func iter(batchSize: Int, dropLastBatch: Bool = false) -> some Sequence<RowBatch> {
        precondition(batchSize > 0, "batchSize: \(batchSize) is not a positive number of rows")
        let end = dropLastBatch ? numRows / batchSize * batchSize : numRows
        return stride(from: 0, to: end, by: batchSize).lazy.map { start in
            RowBatch(table: table, indices: start..<Swift.min(start + batchSize, end))
        }
    }

    /// The distinct values of a column, null among them, in the order in which they first come. Numbers are told apart by
    /// their bits, as by Python's `unique`: all NaN of one sign are one value, and -0.0 is another than 0.0.
    /// - Throws: ``DatasetError/unknownColumn(name:available:)``
    public func unique(_ columnName: String) throws -> [CellValue] {
        let column = table.columns[try table.requirePlace(of: columnName)]
        var seen: Set<ValueIdentity> = []
        var values: [CellValue] = []
        for row in 0..<numRows {
            let value = Cell(table: table, column: column, row: row).value
            if seen.insert(ValueIdentity(value)).inserted { values.append(value) }
        }
        return values
    }

    /// The columns' names and all their values.
    public func toDict() -> [(name: String, values: [CellValue])] {
        table.columns.map { column in
            (column.name, (0..<numRows).map { Cell(table: table, column: column, row: $0).value })
        }
    }
}

/// How a number of rows or files is divided.
enum Shards {
    /// Contiguous parts whose sizes differ by at most one, the larger ones first.
    static func range(of index: Int, count: Int, total: Int) -> Range<Int> {
        let (size, larger) = total.quotientAndRemainder(dividingBy: count)
        let start = size * index + min(index, larger)
        return start..<start + size + (index < larger ? 1 : 0)
    }
}

extension Column {
    /// The rows that are shown, in memory of their own where they are not all that is stored.
    func gathered(rowCount: Int) throws -> Column {
        if selection == nil, array.count == rowCount { return self }
        do {
            let rows = (0..<rowCount).map { selection?[$0] ?? $0 }
            return Column(name: name, type: type, array: try array.gathering(rows))
        } catch {
            throw error.asDatasetError
        }
    }
}
