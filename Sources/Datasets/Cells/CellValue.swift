/// One value of a data set, of a type known only at run time. Lists have compact cases, so that token ids are not
/// boxed one by one.
public enum CellValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// An integer of any width.
    case int(Int)
    /// A uint64 that is too large for ``int(_:)``.
    case uint64(UInt64)
    /// A floating-point number of any width.
    case double(Double)
    case string(String)
    case bytes([UInt8])
    /// A date, time, time stamp or duration.
    case temporal(TemporalValue)
    case decimal(DecimalValue)
    /// A list of int64.
    case ints([Int])
    /// A list of int32.
    case int32s([Int32])
    /// A list of float32.
    case floats([Float])
    /// A list of float64.
    case doubles([Double])
    case strings([String])
    /// Any other list; its elements must be of one type, or null.
    case list([CellValue])
    case structure(StructureValue)
}

/// The value of a struct: its fields' names and values, in order.
public struct StructureValue: Sendable, Hashable {
    public let names: [String]
    public let values: [CellValue]

    public init(_ fields: [(name: String, value: CellValue)]) {
        names = fields.map(\.name)
        values = fields.map(\.value)
    }

    init(names: [String], values: [CellValue]) {
        self.names = names
        self.values = values
    }

    /// The value of the field `name`; nil where there is none.
    public subscript(name: String) -> CellValue? { names.firstIndex(of: name).map { values[$0] } }

    /// The names and values, in order.
    public var fields: [(name: String, value: CellValue)] { Array(zip(names, values)).map { ($0, $1) } }
}

extension CellValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: CellValue...) { self = .list(elements) }
}

extension CellValue {
    /// The type as it is called in error messages.
    var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .int: "int64"
        case .uint64: "uint64"
        case .double: "float64"
        case .string: "string"
        case .bytes: "binary"
        case .temporal(let value): "\(value.type)"
        case .decimal: "decimal"
        case .ints: "list<int64>"
        case .int32s: "list<int32>"
        case .floats: "list<float32>"
        case .doubles: "list<float64>"
        case .strings: "list<string>"
        case .list(let elements): "list<\(elements.first { $0 != .null }?.typeName ?? "null")>"
        case .structure(let value):
            "struct<" + value.fields.map { "\($0.name): \($0.value.typeName)" }.joined(separator: ", ") + ">"
        }
    }

    /// The elements of a list of any kind; nil for other values.
    public var elements: [CellValue]? {
        switch self {
        case .ints(let values): values.map { .int($0) }
        case .int32s(let values): values.map { .int(Int($0)) }
        case .floats(let values): values.map { .double(Double($0)) }
        case .doubles(let values): values.map { .double($0) }
        case .strings(let values): values.map { .string($0) }
        case .list(let values): values
        default: nil
        }
    }
}

extension CellValue: CustomStringConvertible {
    /// As in Python's output: `None`, `True`, `'text'`, `[1, 2]`, `{'a': 1}`.
    public var description: String {
        switch self {
        case .null: "None"
        case .bool(let value): value ? "True" : "False"
        case .int(let value): "\(value)"
        case .uint64(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string(let value): "'\(value)'"
        case .bytes(let value): "<\(value.count) bytes>"
        case .temporal(let value): "\(value)"
        case .decimal(let value): "\(value)"
        case .ints(let values): "\(values)"
        case .int32s(let values): "\(values)"
        case .floats(let values): "\(values)"
        case .doubles(let values): "\(values)"
        case .strings(let values): "[" + values.map { "'\($0)'" }.joined(separator: ", ") + "]"
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .structure(let value):
            "{" + value.fields.map { "'\($0.name)': \($0.value)" }.joined(separator: ", ") + "}"
        }
    }
}
