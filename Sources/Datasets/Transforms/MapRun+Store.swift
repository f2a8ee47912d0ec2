extension MapRun {
    /// Writes the columns to an Arrow file as they come, so that memory does not grow with the rows.
    /// - Returns: the hash of the file's content.
    func store(in path: String, _ transform: Transform) throws -> Fingerprint {
        let writer = PieceWriter(path: path)
        try run(transform) { batch in
            try writer.append(batch.columns, rowCount: batch.rowCount, firstRow: batch.firstRow)
        }
        return try writer.close()
    }
}
