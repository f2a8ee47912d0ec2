extension Dataset {
    /// Where rows go whose sort column is null.
    public enum NullPlacement: String, Sendable, Hashable {
        case atStart = "at_start"
        case atEnd = "at_end"
    }

    /// The rows in the order of one or more columns, as Python's `sort`: rows that are equal in all of them keep their
    /// order. Text is compared by its UTF-8 bytes, class labels by their numbers.
    ///
    /// - Parameters:
    ///   - columnNames: the columns, the one that counts most first; of numbers, truth values or text.
    ///   - reverse: whether a column's largest values come first: one for all columns, or one for each.
    ///   - nullPlacement: where nulls go, whatever the direction; NaN comes next to them.
    /// - Throws: ``DatasetError`` where there is no such column, or it holds lists.
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

/// A column's values, ready to be compared.
private struct SortKey {
    private enum Values {
        case ints([Int])
        case doubles([Double])
        case texts([String])
    }

    private let values: Values
    /// 0: a value, 1: NaN, 2: null; empty where all are values.
    private let ranks: [UInt8]
    private let isReversed: Bool
    private let nullsFirst: Bool

    init(_ dataset: Dataset, _ name: String, isReversed: Bool, nullsFirst: Bool) throws {
        self.isReversed = isReversed
        self.nullsFirst = nullsFirst
        let column = dataset.table.columns[try dataset.table.requirePlace(of: name)]
        var ranks: [UInt8] = []
        var (ints, doubles, texts) = ([Int](), [Double](), [String]())
        let count = dataset.numRows
        for row in 0..<count {
            let cell = Cell(table: dataset.table, column: column, row: row)
            var rank: UInt8 = 0
            switch cell.value {
            case .int(let value): ints.append(value)
            case .bool(let value): ints.append(value ? 1 : 0)
            case .double(let value):
                if value.isNaN { rank = 1 }
                doubles.append(value)
            case .string(let value): texts.append(value)
            case .null:
                rank = 2
                let type = column.array.type
                if type.isFloatingPoint {
                    doubles.append(0)
                } else if type.isString {
                    texts.append("")
                } else {
                    ints.append(0)
                }
            default:
                throw DatasetError.typeMismatch(
                    column: name, row: nil, location: nil, found: column.type.description,
                    wanted: "numbers, truth values or text")
            }
            ranks.append(rank)
        }
        self.ranks = ranks.contains { $0 != 0 } ? ranks : []
        // A column of one type has filled one of the lists.
        values =
            if ints.count == count { .ints(ints) } else if doubles.count == count { .doubles(doubles) } else {
                .texts(texts)
            }
        guard [ints.count, doubles.count, texts.count].contains(count) else {
            throw DatasetError.typeMismatch(
                column: name, row: nil, location: nil, found: column.type.description, wanted: "one kind of values")
        }
    }

    func compare(_ left: Int, _ right: Int) -> Int {
        if !ranks.isEmpty, ranks[left] != 0 || ranks[right] != 0 {
            let order = Int(ranks[left]) - Int(ranks[right])
            return nullsFirst ? -order : order
        }
        let order =
            switch values {
            case .ints(let values): Self.order(values[left], values[right])
            case .doubles(let values): Self.order(values[left], values[right])
            case .texts(let values): Self.order(values[left], values[right])
            }
        return isReversed ? -order : order
    }

    private static func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
        left < right ? -1 : left > right ? 1 : 0
    }

    private static func order(_ left: String, _ right: String) -> Int {
        if left.utf8.lexicographicallyPrecedes(right.utf8) { return -1 }
        return left.utf8.elementsEqual(right.utf8) ? 0 : 1
    }
}
