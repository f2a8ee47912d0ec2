extension DatasetDict {
    /// Each split with the columns that `transform` gives for each row: see ``Dataset``'s `map`.
    public func map<Result: RowConvertible>(
        removeColumns: [String] = [], _ transform: (Row) throws -> Result
    ) throws -> DatasetDict {
        try mapSplits { try $0.map(removeColumns: removeColumns, transform) }
    }

    /// The same for a dictionary literal of several types.
    public func map(
        removeColumns: [String] = [], _ transform: (Row) throws -> [String: any CellConvertible]
    ) throws -> DatasetDict {
        try mapSplits { try $0.map(removeColumns: removeColumns, transform) }
    }

    /// Each split with the columns that `transform` gives for batches of rows: see ``Dataset``'s `map(batched:)`.
    public func map<Result: BatchConvertible>(
        batched: Bool, batchSize: Int = 1000, removeColumns: [String] = [],
        _ transform: (RowBatch) throws -> Result
    ) throws -> DatasetDict {
        try mapSplits {
            try $0.map(batched: batched, batchSize: batchSize, removeColumns: removeColumns, transform)
        }
    }

    /// The same for a dictionary literal of several types.
    public func map(
        batched: Bool, batchSize: Int = 1000, removeColumns: [String] = [],
        _ transform: (RowBatch) throws -> [String: any ColumnConvertible]
    ) throws -> DatasetDict {
        try mapSplits {
            try $0.map(batched: batched, batchSize: batchSize, removeColumns: removeColumns, transform)
        }
    }

    /// The rows of each split for which `isIncluded` holds.
    public func filter(_ isIncluded: (Row) throws -> Bool) rethrows -> DatasetDict {
        try mapSplits { try $0.filter(isIncluded) }
    }

    /// Each split in the random order of Python's `shuffle(seed)`.
    public func shuffle(seed: UInt64) -> DatasetDict { mapSplits { $0.shuffle(seed: seed) } }

    /// Each split with a column under another name.
    public func renameColumn(_ name: String, to newName: String) throws -> DatasetDict {
        try mapSplits { try $0.renameColumn(name, to: newName) }
    }

    /// Each split without some columns.
    public func removeColumns(_ names: [String]) throws -> DatasetDict {
        try mapSplits { try $0.removeColumns(names) }
    }

    /// Each split with these columns alone.
    public func selectColumns(_ names: [String]) throws -> DatasetDict {
        try mapSplits { try $0.selectColumns(names) }
    }

    /// Each split with a column as class labels.
    public func castColumn(_ name: String, to label: ClassLabel) throws -> DatasetDict {
        try mapSplits { try $0.castColumn(name, to: label) }
    }

    /// Each split changed by `transform`, for whatever has no form of its own here:
    /// `try splits.mapSplits { try $0.sort("n") }`.
    public func mapSplits(_ transform: (Dataset) throws -> Dataset) rethrows -> DatasetDict {
        DatasetDict(try members.map { ($0.name, try transform($0.dataset)) })
    }
}
