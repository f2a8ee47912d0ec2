public import Foundation

/// A Swift type that can be read from a column: `String`, integers, `Double`, `Float`, `Bool`, arrays of these,
/// optionals (nil for null), `Data` for binary columns, ``TemporalValue``, ``DecimalValue`` and ``StructureValue``,
/// and ``CellValue``.
///
/// Nothing is converted silently, save integers to wider ones and to floats: text is read as `String` alone, and a null
/// as an optional alone.
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
        guard cell.column.array.type.isString, !cell.isNull else { throw cell.mismatch(wanted: "string") }
        guard let text = String(validating: cell.chunk.utf8(cell.index), as: UTF8.self) else {
            throw cell.mismatch(wanted: "UTF-8 text")
        }
        return text
    }
}

extension Bool: RowValue {
    public static func read(_ cell: Cell) throws -> Bool {
        guard case .bool = cell.column.array.type, !cell.isNull else { throw cell.mismatch(wanted: "bool") }
        return cell.chunk.bool(cell.index)
    }
}

extension RowValue where Self: FixedWidthInteger {
    /// Integers of any width, where they fit.
    public static func read(_ cell: Cell) throws -> Self {
        guard !cell.isNull else { throw cell.mismatch(wanted: "\(Self.self)".lowercased()) }
        let value: Self? =
            switch cell.column.array.type {
            case .int64: Self(exactly: cell.chunk.value(cell.index, as: Int.self))
            case .int32: Self(exactly: cell.chunk.value(cell.index, as: Int32.self))
            case .int8, .int16, .uint8, .uint16, .uint32, .uint64:
                switch cell.value {
                case .int(let value): Self(exactly: value)
                case .uint64(let value): Self(exactly: value)
                default: nil
                }
            default: nil
            }
        guard let value else {
            throw cell.mismatch(wanted: Self.self == Int.self ? "int64" : "\(Self.self)".lowercased())
        }
        return value
    }
}

extension Int: RowValue {}
extension Int8: RowValue {}
extension Int16: RowValue {}
extension Int32: RowValue {}
extension Int64: RowValue {}
extension UInt8: RowValue {}
extension UInt16: RowValue {}
extension UInt32: RowValue {}
extension UInt64: RowValue {}

extension Double: RowValue {
    public static func read(_ cell: Cell) throws -> Double {
        let type = cell.column.array.type
        guard !cell.isNull, type.isFloatingPoint || type.isInteger else { throw cell.mismatch(wanted: "float64") }
        if case .float64 = type { return cell.chunk.value(cell.index, as: Double.self) }
        switch cell.value {
        case .double(let value): return value
        case .int(let value): return Double(value)
        case .uint64(let value): return Double(value)
        default: throw cell.mismatch(wanted: "float64")
        }
    }
}

extension Float: RowValue {
    public static func read(_ cell: Cell) throws -> Float { Float(try Double.read(cell)) }
}

extension Data: RowValue {
    /// The bytes of a binary column.
    public static func read(_ cell: Cell) throws -> Data { Data(try cell.bytes()) }
}

extension TemporalValue: RowValue {
    public static func read(_ cell: Cell) throws -> TemporalValue {
        guard case .temporal(let value) = cell.value else { throw cell.mismatch(wanted: "a date or time") }
        return value
    }
}

extension DecimalValue: RowValue {
    public static func read(_ cell: Cell) throws -> DecimalValue {
        guard case .decimal(let value) = cell.value else { throw cell.mismatch(wanted: "a decimal") }
        return value
    }
}

extension StructureValue: RowValue {
    public static func read(_ cell: Cell) throws -> StructureValue {
        guard case .structure(let value) = cell.value else { throw cell.mismatch(wanted: "a struct") }
        return value
    }
}

extension Optional: RowValue where Wrapped: RowValue {
    public static func read(_ cell: Cell) throws -> Wrapped? { cell.isNull ? nil : try Wrapped.read(cell) }
}

extension Array: RowValue where Element: ListElement {
    public static func read(_ cell: Cell) throws -> [Element] {
        guard !cell.isNull else { throw cell.mismatch(wanted: "a list") }
        guard let type = cell.column.array.type.element else {
            // Binary values are lists of bytes to Swift.
            if Element.self == UInt8.self, let bytes = try cell.bytes() as? [Element] { return bytes }
            throw cell.mismatch(wanted: "a list")
        }
        guard let values = Element.checkedList(in: cell.chunk.elements, cell.chunk.list(cell.index), type: type) else {
            throw cell.mismatch(wanted: "a list of \(Element.self) without nulls")
        }
        return values
    }
}

extension Cell {
    fileprivate func bytes() throws -> [UInt8] {
        switch column.array.type {
        case .binary where !isNull, .largeBinary where !isNull: return Array(chunk.utf8(index))
        default: throw mismatch(wanted: "binary")
        }
    }
}
