/// A column's values, ready to be compared.
struct SortKey {
    private enum Values {
        case ints([Int])
        case doubles([Double])
        case texts([String])
        case binaries([[UInt8]])
        case decimals([DecimalValue])
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
        let type = column.array.type
        var ranks: [UInt8] = []
        /// One value for each row, or `empty` where `value` gives none.
        func collect<Value>(_ empty: Value, _ value: (CellValue) -> Value?) -> [Value] {
            (0..<dataset.numRows).map { row in
                let cell = Cell(table: dataset.table, column: column, row: row).value
                let found = value(cell)
                if case .double(let number) = cell, number.isNaN {
                    ranks.append(1)
                } else {
                    ranks.append(found == nil ? 2 : 0)
                }
                return found ?? empty
            }
        }
        values =
            switch type {
            case .null, .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .date32, .date64,
                .time32, .time64, .timestamp, .duration:
                .ints(collect(0) { Self.ordered($0, isUnsigned: type == .uint64) })
            case .float16, .float32, .float64:
                .doubles(collect(0) { if case .double(let number) = $0 { number } else { nil } })
            case .string, .largeString: .texts(collect("") { if case .string(let text) = $0 { text } else { nil } })
            case .binary, .largeBinary: .binaries(collect([]) { if case .bytes(let bytes) = $0 { bytes } else { nil } })
            case .decimal128, .decimal256:
                .decimals(
                    collect(DecimalValue(words: [], scale: 0)) {
                        if case .decimal(let value) = $0 { value } else { nil }
                    })
            case .list, .largeList, .fixedSizeList, .structure, .classLabel, .annotated:
                throw DatasetError.typeMismatch(
                    column: name, row: nil, location: nil, found: column.type.description,
                    wanted: "a column of single values")
            }
        self.ranks = ranks.contains { $0 != 0 } ? ranks : []
    }

    /// A number of the same order as the value; nil for null.
    private static func ordered(_ value: CellValue, isUnsigned: Bool) -> Int? {
        switch value {
        case .int(let number): isUnsigned ? number &+ .min : number
        case .uint64(let number): Int(bitPattern: UInt(number)) &+ .min
        case .bool(let value): value ? 1 : 0
        case .temporal(let value): value.rawValue
        default: nil
        }
    }

    /// Below, at, or above 0, as the row `left` comes before the row `right`, at the same place, or after it.
    func compare(_ left: Int, _ right: Int) -> Int {
        if !ranks.isEmpty, ranks[left] != 0 || ranks[right] != 0 {
            let order = Int(ranks[left]) - Int(ranks[right])
            return nullsFirst ? -order : order
        }
        let order =
            switch values {
            case .ints(let values): Self.order(values[left], values[right])
            case .doubles(let values): Self.order(values[left], values[right])
            case .texts(let values): Self.order(values[left].utf8, values[right].utf8)
            case .binaries(let values): Self.order(values[left], values[right])
            case .decimals(let values): values[left].order(to: values[right])
            }
        return isReversed ? -order : order
    }

    private static func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
        left < right ? -1 : left > right ? 1 : 0
    }

    private static func order<Bytes: Collection<UInt8>>(_ left: Bytes, _ right: Bytes) -> Int {
        if left.lexicographicallyPrecedes(right) { return -1 }
        return left.elementsEqual(right) ? 0 : 1
    }
}

extension DecimalValue {
    /// Below, at, or above 0; both have one scale.
    fileprivate func order(to other: DecimalValue) -> Int {
        if isNegative != other.isNegative { return isNegative ? -1 : 1 }
        for (left, right) in zip(words.reversed(), other.words.reversed()) where left != right {
            return left < right ? -1 : 1
        }
        return 0
    }
}
