internal import OrderedJSON

/// An Arrow or Parquet file, batch by batch.
struct TableFileSource: BlockSource {
    enum Format: Sendable {
        case arrow
        /// `columns`: those that are read; nil: all.
        case parquet(columns: [String]?)
    }

    let path: String
    let format: Format

    /// Rows that are decoded at once.
    private static let batchSize = 4096

    func open(at position: JSONValue?) throws -> any BlockReader {
        let reader =
            switch format {
            case .arrow: try ArrowReader.arrow(path)
            case .parquet(let columns): try ArrowReader.parquet(path, columns: columns, batchSize: Self.batchSize)
            }
        return try Reader(reader, batch: try position?.number("batch") ?? 0)
    }

    private final class Reader: BlockReader {
        private let reader: ArrowReader
        private let features: Features
        private var batch = 0

        init(_ reader: ArrowReader, batch: Int) throws {
            self.reader = reader
            features = Features(stored: reader.schema, metadata: reader.metadata)
            // Neither format is read from the middle of a batch on.
            while self.batch < batch, try reader.next() != nil { self.batch += 1 }
        }

        var position: JSONValue { ["batch": .int(batch)] }

        func next() throws -> Dataset? {
            while let table = try reader.next() {
                batch += 1
                if table.rowCount > 0 { return try Dataset(parts: [table], features: features, files: []) }
            }
            return nil
        }
    }
}
