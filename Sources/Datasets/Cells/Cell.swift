/// One place in a data set: what a ``RowValue`` reads itself from.
public struct Cell {
    let table: TableStorage
    let column: Column
    /// The row in the data set.
    let row: Int
    let chunk: ColumnChunk
    /// The row in the chunk.
    let index: Int

    init(table: TableStorage, column: Column, row: Int) {
        self.table = table
        self.column = column
        self.row = row
        (chunk, index) = column.locate(row)
    }

    /// The column's name.
    public var columnName: String { column.name }
    /// The column's type.
    public var type: FeatureType { column.type }
    public var isNull: Bool { chunk.isNull(index) }

    /// The value, whatever its type.
    public var value: CellValue {
        if isNull { return .null }
        switch column.array.type {
        case .null: return .null
        case .bool: return .bool(chunk.bool(index))
        case .int32: return .int(Int(chunk.int32(index)))
        case .int64, .classLabel: return .int(chunk.int64(index))
        case .float64: return .double(chunk.double(index))
        case .string: return .string(string)
        case .list(let element): return list(of: element)
        }
    }

    /// The error that says that the value is not of the type asked for.
    public func mismatch(wanted: String) -> DatasetError {
        isNull
            ? .missingValue(column: columnName, row: row, location: location)
            : .typeMismatch(
                column: columnName, row: row, location: location, found: column.type.description, wanted: wanted)
    }

    /// Where the row came from; nil for data that was made in memory.
    public var location: SourceLocation? { table.sourceLocation(ofRow: row) }

    var string: String { String(decoding: chunk.utf8(index), as: UTF8.self) }

    private func list(of element: FeatureType) -> CellValue {
        let places = chunk.list(index)
        if chunk.elementNullCount == 0 || !places.contains(where: { chunk.elementIsNull($0) }) {
            switch element {
            case .int64: return .ints(Array(chunk.elements(places, as: Int.self)))
            case .int32: return .int32s(Array(chunk.elements(places, as: Int32.self)))
            case .float64: return .doubles(Array(chunk.elements(places, as: Double.self)))
            case .string: return .strings(places.map { String(decoding: chunk.elementUTF8($0), as: UTF8.self) })
            default: break
            }
        }
        return .list(places.map { elementValue(at: $0, type: element) })
    }

    private func elementValue(at place: Int, type: FeatureType) -> CellValue {
        if chunk.elementIsNull(place) { return .null }
        switch type {
        case .bool: return .bool(chunk.elementBool(place))
        case .int32: return .int(Int(chunk.elements(place..<place + 1, as: Int32.self)[0]))
        case .int64, .classLabel: return .int(chunk.elements(place..<place + 1, as: Int.self)[0])
        case .float64: return .double(chunk.elements(place..<place + 1, as: Double.self)[0])
        case .string: return .string(String(decoding: chunk.elementUTF8(place), as: UTF8.self))
        case .null, .list: return .null
        }
    }
}
