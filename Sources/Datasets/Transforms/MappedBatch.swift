/// What a transform gave for some rows that follow one another.
struct MappedBatch: Sendable {
    /// The first of the rows, in the data set that is transformed.
    let firstRow: Int
    /// How many values each column has; the number of rows, or another one where every old column goes.
    let rowCount: Int
    let columns: [Column]

    /// Puts values in columns.
    ///
    /// - Parameters:
    ///   - batch: the rows that they are for.
    ///   - features: types to be kept to; those of other columns are inferred.
    ///   - mayResize: whether another number of values than of rows is allowed.
    init(
        _ values: [(name: String, values: any ColumnConvertible)], for batch: RowBatch, features: Features?,
        mayResize: Bool
    ) throws {
        firstRow = batch.indices.lowerBound
        rowCount = values.first?.values.count ?? batch.count
        var columns: [Column] = []
        for (name, values) in values {
            guard values.count == batch.count || (mayResize && values.count == rowCount) else {
                throw DatasetError.invalidArgument(
                    name: "transform",
                    problem: "gives \(values.count) values of '\(name)' for \(batch.count) rows from row \(firstRow); "
                        + "another number of rows needs removeColumns for every column")
            }
            guard !columns.contains(where: { $0.name == name }) else {
                throw DatasetError.duplicateColumn(name: name, file: nil)
            }
            let type = features?[name]
            let builder = ColumnBuilder(name: name, type: type?.storage)
            do {
                try values.forEachCell { try builder.append($0) }
            } catch DatasetError.typeMismatch(let column, let row, _, let found, let wanted) {
                let place = firstRow + (row ?? 0)
                throw DatasetError.typeMismatch(
                    column: column, row: place, location: values.count == batch.count ? batch.location(place) : nil,
                    found: found, wanted: wanted)
            }
            columns.append(Column(name: name, type: type, array: try builder.finish()))
        }
        self.columns = columns
    }
}

extension RowBatch {
    fileprivate func location(_ row: Int) -> SourceLocation? {
        indices.contains(row) ? table.sourceLocation(ofRow: row) : nil
    }
}
