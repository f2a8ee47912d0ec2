extension MapRun {
    /// Writes the columns to an Arrow file as they come, so that memory does not grow with the rows.
    func store(in path: String, _ transform: Transform) throws {
        var pieces: [ColumnPieces] = []
        var waiting = 0
        var writer: ArrowFileWriter?

        func flush() throws {
            let types = Features(pieces.map { Features.Feature(name: $0.name, type: $0.type) })
            let out = try writer ?? ArrowFileWriter(path: path, features: types)
            writer = out
            // The schema is written: from here on the types stay.
            let arrays = try pieces.indices.map { try pieces[$0].take() }
            for number in 0..<waiting {
                let columns = zip(pieces, arrays).map { Column(name: $0.name, type: $0.type, array: $1[number]) }
                try out.append(
                    Dataset(
                        table: TableStorage(
                            columns: columns, rowCount: columns.first?.array.count ?? 0, source: nil)))
            }
            waiting = 0
        }

        try run(transform) { batch in
            if pieces.isEmpty { pieces = batch.columns.map { ColumnPieces($0) } }
            for (place, column) in batch.columns.enumerated() {
                try pieces[place].add(column, firstRow: batch.firstRow, isFixed: writer != nil)
            }
            waiting += 1
            // The first batches wait for a value that shows the type of a column of nulls.
            guard writer != nil || pieces.allSatisfy(\.isSettled) || waiting >= Self.patience else { return }
            try flush()
        }
        if writer == nil || waiting > 0 { try flush() }
        try writer?.close()
    }

    /// Batches that wait at most.
    private static let patience = 64
}
