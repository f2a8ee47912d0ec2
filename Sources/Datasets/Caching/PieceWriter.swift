/// Writes an Arrow file from pieces whose types were inferred piece by piece. The first pieces wait until each column has
/// shown its type; memory does not grow with the file.
final class PieceWriter {
    private let path: String
    private var columns: [ColumnPieces] = []
    private var places: [String: Int] = [:]
    /// The numbers of rows of the pieces that wait.
    private var waiting: [Int] = []
    private var writer: ArrowFileWriter?

    /// Pieces that wait at most; then a column of nothing but nulls is written as one.
    private static let patience = 64

    init(path: String) { self.path = path }

    /// Appends columns, matched by name; one that a piece lacks is null.
    ///
    /// - Parameter firstRow: the row that the first value is for, for errors.
    /// - Throws: ``DatasetError`` where a column has another type than before, or comes only after the first piece.
    func append(_ piece: [Column], rowCount: Int, firstRow: Int) throws {
        if columns.isEmpty {
            columns = piece.map { ColumnPieces($0) }
            places = Dictionary(piece.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        }
        var missing = Set(places.keys)
        for column in piece {
            guard let place = places[column.name] else {
                throw DatasetError.unknownColumn(name: column.name, available: columns.map(\.name))
            }
            missing.remove(column.name)
            try columns[place].add(column, firstRow: firstRow, isFixed: writer != nil)
        }
        for name in missing {
            guard let place = places[name] else { continue }
            let nulls = Column(name: name, array: try .nulls(rowCount, as: .null))
            try columns[place].add(nulls, firstRow: firstRow)
        }
        waiting.append(rowCount)
        guard writer != nil || columns.allSatisfy(\.isSettled) || waiting.count >= Self.patience else { return }
        try flush()
    }

    /// Writes what waits, and the end of the file.
    /// - Returns: the hash of its content.
    func close() throws -> Fingerprint {
        let writer = if let writer, waiting.isEmpty { writer } else { try flush() }
        try writer.close()
        return try writer.fingerprint
    }

    @discardableResult
    private func flush() throws -> ArrowFileWriter {
        let features = Features(columns.map { Features.Feature(name: $0.name, type: $0.type) })
        let out = try writer ?? ArrowFileWriter(path: path, features: features, format: .stream, hashing: true)
        writer = out
        let arrays = try columns.indices.map { try columns[$0].take() }
        for (number, rowCount) in waiting.enumerated() {
            let shown = zip(columns, arrays).map { Column(name: $0.name, type: $0.type, array: $1[number]) }
            try out.append(Dataset(table: TableStorage(columns: shown, rowCount: rowCount, source: nil)))
        }
        waiting = []
        return out
    }
}
