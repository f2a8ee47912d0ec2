/// The values of one column: an array of ``CellConvertible`` values.
public protocol ColumnConvertible {
    var count: Int { get }
    /// The values in order.
    func forEachCell(_ body: (CellValue) throws -> Void) rethrows
}

extension Array: ColumnConvertible where Element: CellConvertible {
    public func forEachCell(_ body: (CellValue) throws -> Void) rethrows {
        for element in self { try body(element.cellValue) }
    }
}

/// What the closure of a batched `map` may return: names of columns, and for each its values.
public protocol BatchConvertible {
    var columns: [(name: String, values: any ColumnConvertible)] { get }
}

extension Dictionary: BatchConvertible where Key == String, Value: ColumnConvertible {
    /// Sorted by name, for a dictionary has no order of its own.
    public var columns: [(name: String, values: any ColumnConvertible)] {
        sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
