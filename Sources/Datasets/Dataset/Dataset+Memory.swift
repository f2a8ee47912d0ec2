extension Dataset {
    /// A data set from values in memory, as Python's `Dataset.from_dict`:
    /// `try Dataset.from(dictionary: ["text": ["good", "bad"], "label": [1, 0]])`.
    ///
    /// - Parameter dictionary: the columns' names and values, in order; all of one length. A column's values are of one
    ///   type, or null.
    /// - Throws: ``DatasetError``
    public static func from(dictionary: KeyValuePairs<String, any ColumnConvertible>) throws -> Dataset {
        try from(columns: dictionary.map { ($0.key, $0.value) })
    }

    /// The same for columns whose number is known only at run time.
    public static func from(columns: [(name: String, values: any ColumnConvertible)]) throws -> Dataset {
        let rowCount = columns.first?.values.count ?? 0
        var built: [Column] = []
        var names: Set<String> = []
        for (name, values) in columns {
            guard names.insert(name).inserted else { throw DatasetError.duplicateColumn(name: name, file: nil) }
            guard values.count == rowCount else {
                throw DatasetError.invalidArgument(
                    name: "column '\(name)'",
                    problem: "has \(values.count) values where '\(columns[0].name)' has \(rowCount)")
            }
            built.append(try Column(name: name, values: values))
        }
        return Dataset(table: TableStorage(columns: built, rowCount: rowCount, source: nil))
    }
}

extension Column {
    init(name: String, values: any ColumnConvertible) throws {
        let builder = ColumnBuilder(name: name)
        try values.forEachCell { try builder.append($0) }
        self.init(name: name, array: try builder.finish())
    }
}
