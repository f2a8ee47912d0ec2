/// What the closure of `Dataset.map` may return for a row: names and values of
/// columns. A tokenizer's encoding conforms, and so do dictionaries of values.
public protocol RowConvertible {
    /// Names and values. Every row must give the same names.
    var columns: [(name: String, value: CellValue)] { get }
}

extension Dictionary: RowConvertible where Key == String, Value: CellConvertible {
    /// Sorted by name, for a dictionary has no order of its own.
    public var columns: [(name: String, value: CellValue)] {
        sorted { $0.key < $1.key }.map { ($0.key, $0.value.cellValue) }
    }
}

extension KeyValuePairs: RowConvertible where Key == String, Value: CellConvertible {
    public var columns: [(name: String, value: CellValue)] { map { ($0.key, $0.value.cellValue) } }
}
