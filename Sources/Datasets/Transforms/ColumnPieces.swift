/// A column that comes in pieces, whose types were inferred piece by piece: a first piece of nothing but nulls takes the
/// type of the next.
struct ColumnPieces {
    let name: String
    private(set) var type: FeatureType
    private var pieces: [ArrowColumn] = []

    init(_ column: Column) {
        name = column.name
        type = column.type
    }

    /// Whether further pieces can't change the type.
    var isSettled: Bool { type != .null && type.element != .null }

    /// - Parameters:
    ///   - firstRow: the row that the piece's first value is for.
    ///   - isFixed: whether the type is settled, although it may be that of nulls.
    /// - Throws: ``DatasetError/typeMismatch(column:row:location:found:wanted:)``
    mutating func add(_ column: Column, firstRow: Int, isFixed: Bool = false) throws {
        if let common = FeatureAlignment.common(type, column.type), !isFixed || common == type {
            type = common
            pieces.append(column.array)
            return
        }
        // Whole numbers among fractions; anything else is an error.
        guard type == .float64, column.type == .int64, let array = try? column.array.cast(to: .float64) else {
            let row = (0..<column.array.count).first { row in
                let (chunk, index) = column.locate(row)
                return !chunk.isNull(index)
            }
            throw DatasetError.typeMismatch(
                column: name, row: firstRow + (row ?? 0), location: nil, found: "\(column.type)", wanted: "\(type)")
        }
        pieces.append(array)
    }

    /// The pieces so far, each of the type as it is now; starts anew.
    mutating func take() throws -> [ArrowColumn] {
        defer { pieces = [] }
        return try pieces.map { try $0.widened(to: type.storage) }
    }
}
