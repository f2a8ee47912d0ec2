extension MapRun {
    /// Writes the columns to an Arrow file as they come, so that memory does not grow with the rows.
    func store(in path: String, _ transform: Transform) throws {
        let writer = PieceWriter(path: path)
        try run(transform) { batch in
            try writer.append(batch.columns, rowCount: batch.rowCount, firstRow: batch.firstRow)
        }
        try writer.close()
    }
}
