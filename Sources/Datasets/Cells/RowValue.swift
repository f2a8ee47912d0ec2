/// A Swift type that can be read from a column: `String`, `Int`, `Int32`, `Double`, `Float`, `Bool`, arrays of these,
/// optionals (nil for null), and ``CellValue``.
///
/// Nothing is converted silently, save integers to floats: text is read as `String` alone, and a null as an optional
/// alone.
public protocol RowValue {
    /// - Throws: ``DatasetError/typeMismatch(column:row:location:found:wanted:)`` or
    ///   ``DatasetError/missingValue(column:row:location:)``
    static func read(_ cell: Cell) throws -> Self
}

extension CellValue: RowValue {
    public static func read(_ cell: Cell) throws -> CellValue { cell.value }
}

extension String: RowValue {
    public static func read(_ cell: Cell) throws -> String {
        guard case .string = cell.column.array.type, !cell.isNull else { throw cell.mismatch(wanted: "string") }
        return cell.string
    }
}

extension Bool: RowValue {
    public static func read(_ cell: Cell) throws -> Bool {
        guard case .bool = cell.column.array.type, !cell.isNull else { throw cell.mismatch(wanted: "bool") }
        return cell.chunk.bool(cell.index)
    }
}

extension Int: RowValue {
    public static func read(_ cell: Cell) throws -> Int {
        guard !cell.isNull else { throw cell.mismatch(wanted: "int64") }
        switch cell.column.array.type {
        case .int64: return cell.chunk.int64(cell.index)
        case .int32: return Int(cell.chunk.int32(cell.index))
        default: throw cell.mismatch(wanted: "int64")
        }
    }
}

extension Int32: RowValue {
    public static func read(_ cell: Cell) throws -> Int32 {
        guard let value = Int32(exactly: try Int.read(cell)) else { throw cell.mismatch(wanted: "int32") }
        return value
    }
}

extension Double: RowValue {
    public static func read(_ cell: Cell) throws -> Double {
        guard case .float64 = cell.column.array.type, !cell.isNull else {
            guard case .int64 = cell.column.array.type, !cell.isNull else { throw cell.mismatch(wanted: "float64") }
            return Double(cell.chunk.int64(cell.index))
        }
        return cell.chunk.double(cell.index)
    }
}

extension Float: RowValue {
    public static func read(_ cell: Cell) throws -> Float { Float(try Double.read(cell)) }
}

extension Optional: RowValue where Wrapped: RowValue {
    public static func read(_ cell: Cell) throws -> Wrapped? { cell.isNull ? nil : try Wrapped.read(cell) }
}

extension Array: RowValue where Element: ListElement {
    public static func read(_ cell: Cell) throws -> [Element] {
        guard case .list(let type) = cell.column.array.type, !cell.isNull else {
            throw cell.mismatch(wanted: "a list")
        }
        let places = cell.chunk.list(cell.index)
        // A column of nothing but empty lists has no element type.
        if places.isEmpty { return [] }
        let hasNull = cell.chunk.elementNullCount > 0 && places.contains { cell.chunk.elementIsNull($0) }
        guard !hasNull, let values = Element.list(in: cell.chunk, places, type: type) else {
            throw cell.mismatch(wanted: "a list of \(Element.self) without nulls")
        }
        return values
    }
}
