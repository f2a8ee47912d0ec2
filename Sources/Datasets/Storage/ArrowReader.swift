internal import CArrow

/// An Arrow or Parquet file that is read a batch of rows at a time.
final class ArrowReader {
    let path: String
    /// The columns' types as they are stored.
    let schema: Features
    /// What Python's `datasets` left in the file: the features' JSON, among others.
    let metadata: String?
    private let handle: OpaquePointer

    /// An Arrow file or stream, memory-mapped: its rows take no memory of their own.
    /// - Throws: ``DatasetError``
    static func arrow(_ path: String) throws -> ArrowReader {
        let memory = Int64(ReadingMemory.bytes)
        return try ArrowReader(path: path) { carrow_open_arrow(path, memory, $0, $1) }
    }

    /// A Parquet file, of which `columns` are read (nil: all), in batches of `batchSize` rows.
    /// - Throws: ``DatasetError``
    static func parquet(_ path: String, columns: [String]? = nil, batchSize: Int = 1 << 16) throws -> ArrowReader {
        let (batch, memory) = (Int64(batchSize), Int64(ReadingMemory.bytes))
        return try ArrowReader(path: path) { result, message in
            guard let columns else { return carrow_open_parquet(path, nil, 0, batch, memory, result, message) }
            return ArrowNames.with(columns) {
                carrow_open_parquet(path, $0.baseAddress, Int32(columns.count), batch, memory, result, message)
            }
        }
    }

    private init(
        path: String,
        _ open: (UnsafeMutablePointer<OpaquePointer?>, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>)
            -> carrow_status
    ) throws {
        try FileBytes.checkReadable(path)
        var opened: OpaquePointer?
        do {
            try ArrowFailure.check { open(&opened, $0) }
        } catch {
            throw error.describing(path)
        }
        guard let opened else { throw DatasetError.storage(problem: "\(path) was not opened") }
        self.path = path
        handle = opened
        schema = Features(carrow_reader_schema(opened).pointee)
        metadata = carrow_reader_metadata(opened, "huggingface").map { String(cString: $0) }
        var seen: Set<String> = []
        if let twice = schema.first(where: { !seen.insert($0.name).inserted }) {
            throw DatasetError.duplicateColumn(name: Excerpt.of(twice.name), file: path)
        }
    }

    deinit { carrow_reader_release(handle) }

    /// The number of rows; nil where only reading all of them tells.
    var rowCount: Int? {
        let count = Int(carrow_reader_row_count(handle))
        return count < 0 ? nil : count
    }

    /// Roughly the bytes that the rows take in memory.
    var byteCount: Int { Int(carrow_reader_byte_count(handle)) }

    /// The next rows; nil at the end.
    func next() throws -> ArrowTable? { try read { carrow_reader_next(handle, $0, $1) } }

    /// All rows that are left, in as many pieces as the file has.
    func rest() throws -> ArrowTable {
        guard let table = try read({ carrow_reader_rest(handle, $0, $1) }) else {
            throw DatasetError.storage(problem: "no rows were read from \(path)")
        }
        return table
    }

    private func read(
        _ call: (UnsafeMutablePointer<OpaquePointer?>, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>)
            -> carrow_status
    ) throws -> ArrowTable? {
        do {
            var table: OpaquePointer?
            try ArrowFailure.check { call(&table, $0) }
            guard let table else { return nil }
            return try ArrowTable(adopting: table)
        } catch {
            throw error.describing(path)
        }
    }
}
