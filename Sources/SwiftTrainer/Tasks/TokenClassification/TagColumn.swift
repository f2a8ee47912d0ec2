import Datasets

/// A column of tags, one for each word of a row: class labels, or text.
struct TagColumn {
    private let rows: Dataset
    private let column: String
    /// The names of the classes; nil where the column holds text.
    private let names: [String]?

    /// - Throws: `DatasetError`, or ``TaskError`` where the column holds no tags.
    init(_ rows: Dataset, _ column: String) throws {
        self.rows = rows
        self.column = column
        switch rows.features[column] {
        case nil: throw DatasetError.unknownColumn(name: column, available: rows.columnNames)
        case .list(.classLabel(let label))?, .largeList(.classLabel(let label))?: names = label.names
        case .list(let element)? where element.isString || element == .null,
            .largeList(let element)? where element.isString || element == .null:
            names = nil
        case let type?:
            throw TaskError.argument(
                name: "column '\(column)'",
                problem: "it is \(type), not lists of tags; castColumn with the classes' names makes them of numbers")
        }
    }

    /// The tags of a row.
    func tags(_ row: Int) throws -> [String] {
        guard let names else {
            let cell = try rows[row].cell(column)
            if case .list(let values) = cell.value, values.isEmpty { return [] }
            return try rows[row][column]
        }
        let numbers: [Int] = try rows[row][column]
        return try numbers.map { number in
            guard names.indices.contains(number) else {
                throw TaskError.data(
                    place: rows.place(of: row), problem: "the tag \(number) is none of the \(names.count) classes",
                    remedy: "give a tag for each word")
            }
            return names[number]
        }
    }

    /// All tags that occur, or the names of the classes.
    func allNames() throws -> [String] {
        if let names { return names }
        var found: Set<String> = []
        for row in 0..<rows.numRows { found.formUnion(try tags(row)) }
        return found.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    }
}

extension Dataset {
    /// Where a row came from, for messages.
    func place(of row: Int) -> String { sourceLocation(ofRow: row).map { "\($0)" } ?? "row \(row)" }
}

extension Dataset {
    /// The names of a column's tags, in the order of their numbers; sorted where it holds text, as Python's `run_ner.py`
    /// does.
    ///
    /// - Throws: `DatasetError`, ``TaskError`` where the column holds no tags.
    public func tagNames(in column: String = "ner_tags") throws -> [String] { try TagColumn(self, column).allNames() }
}
