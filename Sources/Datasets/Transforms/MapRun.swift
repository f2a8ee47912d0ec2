/// One `map`: batches of rows are transformed on several threads, and their columns collected in order.
struct MapRun: Sendable {
    typealias Transform = @Sendable (RowBatch) throws -> [(name: String, values: any ColumnConvertible)]

    /// What the transform sees.
    let input: Dataset
    let batchSize: Int
    let threads: Int
    let features: Features?
    /// Whether every old column goes, so that the number of rows may change.
    let mayResize: Bool
    let description: String

    var batchCount: Int { (input.numRows + batchSize - 1) / batchSize }

    /// Hands over the batches in order; each has the columns of the first.
    func run(_ transform: Transform, deliver: (MappedBatch) throws -> Void) throws {
        var names: [String]?
        try OrderedWork.run(count: batchCount, threads: threads) { number in
            let start = number * batchSize
            let batch = RowBatch(table: input.table, indices: start..<min(start + batchSize, input.numRows))
            return try MappedBatch(try transform(batch), for: batch, features: features, mayResize: mayResize)
        } deliver: { number, batch in
            let given = batch.columns.map(\.name)
            guard names == nil || names == given else {
                throw DatasetError.invalidArgument(
                    name: "transform",
                    problem:
                        "gives the columns \(given) for row \(batch.firstRow), but \(names ?? []) for the rows before"
                )
            }
            names = given
            try deliver(batch)
            ProgressObserver.report(
                description, done: min((number + 1) * batchSize, input.numRows), total: input.numRows)
        }
        ProgressObserver.finish(description, done: input.numRows)
    }

    /// All columns in memory, and how many rows they have.
    func collect(_ transform: Transform) throws -> (columns: [Column], rowCount: Int) {
        var pieces: [ColumnPieces] = []
        var rowCount = 0
        try run(transform) { batch in
            if pieces.isEmpty { pieces = batch.columns.map { ColumnPieces($0) } }
            for (place, column) in batch.columns.enumerated() {
                try pieces[place].add(column, firstRow: batch.firstRow)
            }
            rowCount += batch.rowCount
        }
        let columns = try pieces.indices.map { place in
            let arrays = try pieces[place].take()
            let type = pieces[place].type
            return Column(
                name: pieces[place].name, type: type, array: try .joining(arrays, as: type.storage))
        }
        return (columns, rowCount)
    }
}
