/// One value of a data set, of a type known only at run time. Lists have compact cases, so that token ids are not
/// boxed one by one.
public enum CellValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    /// A list of int64.
    case ints([Int])
    /// A list of int32.
    case int32s([Int32])
    case doubles([Double])
    case strings([String])
    /// Any other list; its elements must be of one type, or null.
    case list([CellValue])
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
        case .double: "float64"
        case .string: "string"
        case .ints: "list<int64>"
        case .int32s: "list<int32>"
        case .doubles: "list<float64>"
        case .strings: "list<string>"
        case .list(let elements): "list<\(elements.first { $0 != .null }?.typeName ?? "null")>"
        }
    }
}

extension CellValue: CustomStringConvertible {
    /// As in Python's output: `None`, `True`, `'text'`, `[1, 2]`.
    public var description: String {
        switch self {
        case .null: "None"
        case .bool(let value): value ? "True" : "False"
        case .int(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string(let value): "'\(value)'"
        case .ints(let values): "\(values)"
        case .int32s(let values): "\(values)"
        case .doubles(let values): "\(values)"
        case .strings(let values): "[" + values.map { "'\($0)'" }.joined(separator: ", ") + "]"
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        }
    }
}
