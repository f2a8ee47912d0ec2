extension Dataset {
    /// The data set with the columns that `transform` gives for batches of rows, as Python's `map(batched=True)`.
    ///
    /// - Parameters:
    ///   - batched: true; false hands over batches of one row.
    ///   - batchSize: rows a batch; the last may be shorter.
    ///   - removeColumns: columns to leave out of the result; `transform` still sees them.
    ///   - transform: gives the same column names for every batch, and one value a row. Where all the old columns are
    ///     removed it may give more values, or fewer; the rows of the result then have no place in a file.
    /// - Throws: what `transform` throws; ``DatasetError`` where names, types or numbers of values don't fit.
    public func map<Result: BatchConvertible>(
        batched: Bool, batchSize: Int = 1000, removeColumns: [String] = [],
        _ transform: (RowBatch) throws -> Result
    ) throws -> Dataset {
        try mapBatches(of: batched ? batchSize : 1, removing: removeColumns) { try transform($0).columns }
    }

    /// The same for a dictionary literal of several types: `rows.map(batched: true) { ["a": texts, "b": numbers] }`.
    public func map(
        batched: Bool, batchSize: Int = 1000, removeColumns: [String] = [],
        _ transform: (RowBatch) throws -> [String: any ColumnConvertible]
    ) throws -> Dataset {
        try mapBatches(of: batched ? batchSize : 1, removing: removeColumns) { batch in
            try transform(batch).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
    }

    private func mapBatches(
        of batchSize: Int, removing removed: [String],
        _ transform: (RowBatch) throws -> [(name: String, values: any ColumnConvertible)]
    ) throws -> Dataset {
        guard batchSize > 0 else {
            throw DatasetError.invalidArgument(
                name: "batchSize", problem: "\(batchSize) is not a positive number of rows")
        }
        for name in removed { _ = try table.requirePlace(of: name) }
        let replacesAll = columnNames.allSatisfy(removed.contains)
        var builders: [ColumnBuilder] = []
        var sameRows = true
        for start in stride(from: 0, to: numRows, by: batchSize) {
            let batch = RowBatch(table: table, indices: start..<Swift.min(start + batchSize, numRows))
            let values = try transform(batch)
            if start == 0 { builders = try Self.builders(named: values.map(\.name)) }
            try check(values.map(\.name), against: builders, row: start)
            for (name, column) in values where column.count != batch.count {
                guard replacesAll, column.count == values[0].values.count else {
                    throw DatasetError.invalidArgument(
                        name: "transform",
                        problem: "gives \(column.count) values of '\(name)' for \(batch.count) rows from row \(start); "
                            + "another number of rows needs removeColumns for every column")
                }
                sameRows = false
            }
            for (builder, (_, column)) in zip(builders, values) { try column.forEachCell { try builder.append($0) } }
        }
        let columns = try builders.map { Column(name: $0.name, array: try $0.finish()) }
        guard sameRows else {
            return Dataset(
                table: TableStorage(columns: columns, rowCount: columns.first?.array.count ?? 0, source: nil))
        }
        return try merging(columns, removing: removed)
    }
}
