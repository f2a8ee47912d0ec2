extension Dataset {
    /// The rows at `indices`, in that order; a row may come more than once.
    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` for an index outside the data set.
    public func select(_ indices: some Sequence<Int>) throws -> Dataset {
        let indices = Array(indices)
        if let wrong = indices.first(where: { $0 < 0 || $0 >= numRows }) {
            throw outside("\(wrong)")
        }
        return selecting(indices)
    }

    /// The rows of a range; nothing is copied.
    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` where the range leaves the data set.
    public func select(_ range: Range<Int>) throws -> Dataset {
        guard range.lowerBound >= 0, range.upperBound <= numRows else { throw outside("\(range)") }
        return Dataset(table: table.selecting(rowCount: range.count) { .choosing(range, from: $0) })
    }

    /// The first `count` rows, or all where there are fewer.
    public func take(_ count: Int) -> Dataset {
        let range = 0..<Swift.min(Swift.max(count, 0), numRows)
        return Dataset(table: table.selecting(rowCount: range.count) { .choosing(range, from: $0) })
    }

    /// The first `count` rows, or all where there are fewer.
    public func head(_ count: Int = 5) -> Dataset { take(count) }

    /// The rows for which `isIncluded` holds, in order.
    public func filter(_ isIncluded: (Row) throws -> Bool) rethrows -> Dataset {
        selecting(try indices.filter { try isIncluded(self[$0]) })
    }

    /// The rows in random order: that of Python's `Dataset.shuffle(seed)`, which is NumPy's
    /// `default_rng(seed).permutation`.
    public func shuffle(seed: UInt64) -> Dataset {
        var generator = NumPyGenerator(seed: seed)
        return selecting(generator.permutation(numRows))
    }

    func selecting(_ rows: [Int]) -> Dataset {
        Dataset(table: table.selecting(rowCount: rows.count) { .choosing(rows, from: $0) })
    }

    private func outside(_ what: String) -> DatasetError {
        .invalidArgument(name: "indices", problem: "\(what) is outside the data set's \(numRows) rows")
    }
}
