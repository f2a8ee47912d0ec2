extension IterableDataset {
    /// Each row with the columns that `transform` gives for it: see ``Dataset``'s `map`. Done when the row is asked for.
    ///
    /// - Parameters:
    ///   - removeColumns: columns to leave out of the result; `transform` still sees them.
    ///   - features: types of new columns. Those of others are inferred from the rows at hand, and may differ along the
    ///     stream where all of these are null.
    ///   - transform: gives the same column names for every row.
    public func map<Result: RowConvertible & SendableMetatype>(
        removeColumns: [String] = [], features: Features? = nil,
        _ transform: @escaping @Sendable (Row) throws -> Result
    ) -> IterableDataset {
        mapBatches(removeColumns, features) { batch in
            try CollectedRows(batch) { try transform($0).columns }.columns
        }
    }

    /// The same for a dictionary of several types, whose columns come sorted by name.
    public func map(
        removeColumns: [String] = [], features: Features? = nil,
        _ transform: @escaping @Sendable (Row) throws -> [String: any CellConvertible]
    ) -> IterableDataset {
        mapBatches(removeColumns, features) { batch in
            try CollectedRows(batch) { row in
                try transform(row).sorted { $0.key < $1.key }.map { ($0.key, $0.value.cellValue) }
            }.columns
        }
    }

    /// The rows with the columns that `transform` gives for batches of them.
    ///
    /// - Parameters:
    ///   - batched: true; false hands over batches of one row.
    ///   - batchSize: rows a batch, at least 1; the last may be shorter.
    ///   - dropLastBatch: whether a last batch that is shorter is left out.
    ///   - removeColumns: columns that are left out.
    ///   - features: the columns' types; nil for those of the first values.
    ///   - transform: gives one value a row; where all the old columns are removed it may give more values, or fewer.
    public func map<Result: BatchConvertible & SendableMetatype>(
        batched: Bool, batchSize: Int = 1000, dropLastBatch: Bool = false, removeColumns: [String] = [],
        features: Features? = nil, _ transform: @escaping @Sendable (RowBatch) throws -> Result
    ) -> IterableDataset {
        precondition(batchSize > 0, "batchSize: \(batchSize) is not a positive number of rows")
        return mapBatches(
            removeColumns, features, batchSize: batched ? batchSize : 1, dropsLastBatch: dropLastBatch
        ) { try transform($0).columns }
    }

    /// The rows for which `isIncluded` holds.
    public func filter(_ isIncluded: @escaping @Sendable (Row) throws -> Bool) -> IterableDataset {
        derived { rows, _ in try rows.filter(isIncluded) }
    }

    /// The rows with columns under other names, given as old and new name.
    public func renameColumns(_ names: [String: String]) -> IterableDataset {
        derived { rows, _ in try rows.renameColumns(names) }
    }

    /// The rows without some columns.
    public func removeColumns(_ names: [String]) -> IterableDataset {
        derived { rows, _ in try rows.removeColumns(names) }
    }

    /// The rows with these columns alone, in this order.
    public func selectColumns(_ names: [String]) -> IterableDataset {
        derived(keepsTables: true) { rows, _ in try rows.selectColumns(names) }
    }

    /// The rows with columns as other types: see ``Dataset``'s `castColumn`.
    public func castColumn(_ name: String, to type: FeatureType) -> IterableDataset {
        derived(keepsTables: true) { rows, _ in try rows.castColumn(name, to: type) }
    }

    /// The first `count` rows. From here on the order of the sources is fixed for `shuffle`.
    public func take(_ count: Int) -> IterableDataset {
        IterableDataset(CountedStream(source: stream, part: .first, count: max(count, 0)), as: self)
    }

    /// All rows but the first `count`. From here on the order of the sources is fixed for `shuffle`.
    public func skip(_ count: Int) -> IterableDataset {
        IterableDataset(CountedStream(source: stream, part: .rest, count: max(count, 0)), as: self)
    }

    /// The rows several times over; nil: without end.
    public func `repeat`(_ numTimes: Int?) -> IterableDataset {
        IterableDataset(RepeatedStream(source: stream, times: numTimes.map { max($0, 0) }), as: self)
    }

    /// The rows in random order, as far as a buffer reaches: that of Python's `shuffle(seed, buffer_size)`.
    ///
    /// The buffer is filled, shuffled, and half of it handed over before it is filled again. Sources that come in several
    /// files are shuffled too, and up to `maxBufferInputShards` of them are read in turn.
    public func shuffle(
        seed: UInt64, bufferSize: Int = 1000, maxBufferInputShards: Int = 10
    ) -> IterableDataset {
        precondition(bufferSize > 0, "bufferSize: \(bufferSize) is not a positive number of rows")
        let generator = NumPyGenerator(seed: seed)
        let shuffled = stream.shufflingSources(generator)
        let mixed = shuffled == nil ? 1 : max(maxBufferInputShards, 1)
        return IterableDataset(
            ShuffledStream(
                source: shuffled ?? stream, bufferSize: bufferSize, generator: generator, maxBufferInputShards: mixed,
                pieceSize: max(1, bufferSize / mixed)),
            as: self)
    }

    /// One of `numShards` parts of the sources: whole files, not rows. With more parts than there are sources, the last
    /// ones are empty.
    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` for an index outside `0..<numShards`.
    public func shard(numShards: Int, index: Int, contiguous: Bool = true) throws -> IterableDataset {
        guard numShards > 0, (0..<numShards).contains(index) else {
            throw DatasetError.invalidArgument(name: "index", problem: "\(index) is not in 0..<\(numShards)")
        }
        return IterableDataset(stream.shard(index, of: numShards, contiguous: contiguous), as: self)
    }

    private func mapBatches(
        _ removed: [String], _ features: Features?, batchSize: Int? = nil, dropsLastBatch: Bool = false,
        _ transform: @escaping MapRun.Transform
    ) -> IterableDataset {
        derived(batchSize: batchSize, dropsLastBatch: dropsLastBatch) { rows, _ in
            for name in removed { _ = try rows.table.requirePlace(of: name) }
            let batch = RowBatch(table: rows.table, indices: 0..<rows.numRows)
            let mayResize = rows.columnNames.allSatisfy(removed.contains)
            let mapped = try MappedBatch(try transform(batch), for: batch, features: features, mayResize: mayResize)
            guard mapped.rowCount == rows.numRows else {
                return Dataset(table: TableStorage(columns: mapped.columns, rowCount: mapped.rowCount, source: nil))
            }
            return try rows.merging(mapped.columns, removing: removed)
        }
    }

    private func derived(
        batchSize: Int? = nil, dropsLastBatch: Bool = false, keepsTables: Bool = false,
        _ transform: @escaping @Sendable (Dataset, Int) throws -> Dataset
    ) -> IterableDataset {
        IterableDataset(
            MappedStream(
                source: stream, batchSize: batchSize, dropsLastBatch: dropsLastBatch, transform: transform,
                keepsTables: keepsTables),
            as: self)
    }
}

extension Dataset {
    /// The rows as a stream, in `numShards` contiguous parts: Python's `to_iterable_dataset`.
    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` where there are fewer rows than parts.
    public func toIterableDataset(numShards: Int = 1) throws -> IterableDataset {
        guard numShards > 0, numShards <= Swift.max(numRows, 1) else {
            throw DatasetError.invalidArgument(
                name: "numShards", problem: "\(numShards) is not between 1 and the \(numRows) rows")
        }
        return IterableDataset(
            SourceStream(
                sources: try (0..<numShards).map {
                    DatasetSource(dataset: try shard(numShards: numShards, index: $0))
                }))
    }
}
