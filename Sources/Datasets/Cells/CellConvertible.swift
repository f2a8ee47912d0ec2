/// A Swift value that a column can hold: `Bool`, integers, floats, `String`, arrays and optionals of these, and
/// ``CellValue`` itself.
public protocol CellConvertible {
    var cellValue: CellValue { get }
    /// A list of such values as one cell.
    static func cellValue(ofList list: [Self]) -> CellValue
}

extension CellConvertible {
    public static func cellValue(ofList list: [Self]) -> CellValue { .list(list.map(\.cellValue)) }
}

extension CellValue: CellConvertible {
    public var cellValue: CellValue { self }
}

extension Bool: CellConvertible {
    public var cellValue: CellValue { .bool(self) }
}

extension Int: CellConvertible {
    public var cellValue: CellValue { .int(self) }
    public static func cellValue(ofList list: [Int]) -> CellValue { .ints(list) }
}

extension Int32: CellConvertible {
    public var cellValue: CellValue { .int(Int(self)) }
    /// Lists of `Int32` keep their width.
    public static func cellValue(ofList list: [Int32]) -> CellValue { .int32s(list) }
}

extension Double: CellConvertible {
    public var cellValue: CellValue { .double(self) }
    public static func cellValue(ofList list: [Double]) -> CellValue { .doubles(list) }
}

extension Float: CellConvertible {
    public var cellValue: CellValue { .double(Double(self)) }
    public static func cellValue(ofList list: [Float]) -> CellValue { .doubles(list.map { Double($0) }) }
}

extension String: CellConvertible {
    public var cellValue: CellValue { .string(self) }
    public static func cellValue(ofList list: [String]) -> CellValue { .strings(list) }
}

extension Optional: CellConvertible where Wrapped: CellConvertible {
    public var cellValue: CellValue { self?.cellValue ?? .null }
}

extension Array: CellConvertible where Element: CellConvertible {
    public var cellValue: CellValue { Element.cellValue(ofList: self) }
}
