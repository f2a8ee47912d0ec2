extension Dataset {
    /// Where rows go whose sort column is null.
    public enum NullPlacement: String, Sendable, Hashable {
        case atStart = "at_start"
        case atEnd = "at_end"
    }

    /// The rows in the order of one or more columns, as Python's `sort`: rows that are equal in all of them keep their
    /// order. Text is compared by its UTF-8 bytes, binary by its bytes, class labels by their numbers.
    ///
    /// - Parameters:
    ///   - columnNames: the columns, the one that counts most first; of any type but lists and structs.
    ///   - reverse: whether a column's largest values come first: one for all columns, or one for each.
    ///   - nullPlacement: where nulls go, whatever the direction; NaN comes next to them.
    /// - Throws: ``DatasetError`` where there is no such column, or it holds lists or structs.
    public func sort(
        _ columnNames: [String], reverse: [Bool] = [false], nullPlacement: NullPlacement = .atEnd
    ) throws -> Dataset {
        guard !columnNames.isEmpty else {
            throw DatasetError.invalidArgument(name: "columnNames", problem: "no column is named")
        }
        guard reverse.count == 1 || reverse.count == columnNames.count else {
            throw DatasetError.invalidArgument(
                name: "reverse", problem: "there are \(reverse.count) values for \(columnNames.count) columns")
        }
        let keys = try columnNames.enumerated().map { place, name in
            try SortKey(
                self, name, isReversed: reverse[reverse.count == 1 ? 0 : place], nullsFirst: nullPlacement == .atStart)
        }
        return selecting(
            (0..<numRows).sorted { left, right in
                for key in keys {
                    let order = key.compare(left, right)
                    if order != 0 { return order < 0 }
                }
                return left < right
            })
    }

    /// The rows in the order of one column: see ``sort(_:reverse:nullPlacement:)``.
    public func sort(
        _ columnName: String, reverse: Bool = false, nullPlacement: NullPlacement = .atEnd
    ) throws -> Dataset {
        try sort([columnName], reverse: [reverse], nullPlacement: nullPlacement)
    }
}
