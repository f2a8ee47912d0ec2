extension Dataset {
    /// What stands in each column: nulls, least, most and mean of numbers, lengths of texts and lists, counts of classes.
    /// Printed, it is a table.
    ///
    /// Reads every value once; memory grows with the number of different values only up to 1,000 a column.
    public func describe() -> DatasetDescription {
        DatasetDescription(
            rowCount: numRows,
            columns: table.columns.map { column in
                var summary = ColumnSummary(name: column.name, type: column.type)
                for row in 0..<numRows { summary.add(Cell(table: table, column: column, row: row).value) }
                return summary
            })
    }
}

/// What stands in a data set, column by column.
public struct DatasetDescription: Sendable {
    public let rowCount: Int
    public let columns: [ColumnSummary]
}

/// What stands in one column.
public struct ColumnSummary: Sendable {
    /// Least, most and mean of some numbers.
    public struct Range: Sendable {
        public private(set) var minimum = Double.infinity
        public private(set) var maximum = -Double.infinity
        public private(set) var count = 0
        private var sum = 0.0

        public var mean: Double { count == 0 ? .nan : sum / Double(count) }

        mutating func add(_ number: Double) {
            minimum = Swift.min(minimum, number)
            maximum = Swift.max(maximum, number)
            sum += number
            count += 1
        }
    }

    public let name: String
    public let type: FeatureType
    public private(set) var nullCount = 0
    /// NaN values, which count in no range.
    public private(set) var nanCount = 0
    /// Of the numbers; nil where there are none.
    public private(set) var numbers: Range?
    /// Of texts in Unicode scalars, and of lists in elements; nil where there are none.
    public private(set) var lengths: Range?
    /// How often each value comes; nil where there are more than 1,000, and for lists and fractions.
    public private(set) var counts: [CellValue: Int]? = [:]

    private static let countedValues = 1000

    init(name: String, type: FeatureType) {
        self.name = name
        self.type = type
    }

    mutating func add(_ value: CellValue) {
        switch value {
        case .null: nullCount += 1
        case .bool: count(value)
        case .int(let number):
            addNumber(Double(number))
            count(value)
        case .uint64(let number): addNumber(Double(number))
        case .double(let number):
            counts = nil
            if number.isNaN { nanCount += 1 } else { addNumber(number) }
        case .string(let text):
            addLength(text.unicodeScalars.count)
            count(value)
        default:
            counts = nil
            if let elements = value.elementCount { addLength(elements) }
        }
    }

    private mutating func addNumber(_ number: Double) {
        var range = numbers ?? Range()
        range.add(number)
        numbers = range
    }

    private mutating func addLength(_ length: Int) {
        var range = lengths ?? Range()
        range.add(Double(length))
        lengths = range
    }

    private mutating func count(_ value: CellValue) {
        counts?[value, default: 0] += 1
        if let known = counts?.count, known > Self.countedValues { counts = nil }
    }
}

extension CellValue {
    fileprivate var elementCount: Int? {
        switch self {
        case .ints(let values): values.count
        case .int32s(let values): values.count
        case .doubles(let values): values.count
        case .strings(let values): values.count
        case .floats(let values): values.count
        case .bytes(let values): values.count
        case .list(let values): values.count
        default: nil
        }
    }
}
