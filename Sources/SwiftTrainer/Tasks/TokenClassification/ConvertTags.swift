public import Datasets
public import Training

extension DatasetDict {
    /// The data sets with a column of tags in another scheme; all splits share the new classes, which are sorted.
    ///
    /// ```swift
    /// let iob2 = try loadDataset(conll: "train.bmes").convertTags(from: .bmes, to: .iob2)
    /// ```
    /// - Parameters:
    ///   - column: The column.
    ///   - source: The scheme of its tags.
    ///   - target: The scheme to write.
    ///   - repair: Whether sequences that `source` does not allow are taken as conlleval takes them; false: they are an
    ///     error.
    /// - Throws: ``TaskError`` with the row of the first tag that `source` does not allow.
    public func convertTags(
        in column: String = "ner_tags", from source: TaggingScheme, to target: TaggingScheme, repair: Bool = false
    ) throws -> DatasetDict {
        var converted: [(String, Dataset)] = []
        var names: Set<String> = []
        // Rows to predict may have no tags.
        let tagged = members.filter { $0.dataset.columnNames.contains(column) }
        guard !tagged.isEmpty else {
            throw DatasetError.unknownColumn(name: column, available: members.first?.dataset.columnNames ?? [])
        }
        for (name, rows) in tagged {
            let tags = try TagColumn(rows, column)
            let new = try (0..<rows.numRows).map { row in
                do {
                    return try source.convert([tags.tags(row)], to: target, repair: repair)[0]
                } catch MetricError.invalid(_, let reason) {
                    throw TaskError.data(
                        place: rows.place(of: row), problem: reason.replacing("sentence 0, ", with: ""),
                        remedy: "correct the tags, or repair them (repair: true)")
                }
            }
            for tags in new { names.formUnion(tags) }
            converted.append((name, try rows.map { [column: new[$0.index]] }))
        }
        let sorted = names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        let cast = try DatasetDict(converted).castColumn(column, to: try ClassLabel(names: sorted)).members
        return DatasetDict(
            members.map { member in (member.name, cast.first { $0.name == member.name }?.dataset ?? member.dataset) })
    }
}

extension Dataset {
    /// The data set with a column of tags in another scheme: see the same of a `DatasetDict`.
    public func convertTags(
        in column: String = "ner_tags", from source: TaggingScheme, to target: TaggingScheme, repair: Bool = false
    ) throws -> Dataset {
        try DatasetDict([("train", self)]).convertTags(in: column, from: source, to: target, repair: repair)["train"]
    }
}
