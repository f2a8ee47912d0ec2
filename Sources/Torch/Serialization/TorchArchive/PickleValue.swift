/// A value of a `torch.save` file: plain Python data and tensors.
public enum PickleValue: Sendable, Equatable {
    case none
    case bool(Bool)
    case int(Int)
    /// An integer beyond 64 bits: its little-endian two's complement.
    case bigInt([UInt8])
    case float(Double)
    case string(String)
    case bytes([UInt8])
    case list([PickleValue])
    case tuple([PickleValue])
    case dict(PickleDictionary)
    /// A `set` or `frozenset`, in the order of the file.
    case set([PickleValue])
    case tensor(SerializedTensor)
    /// A NumPy array.
    case array(NumpyArray)
    /// A `torch.Size`.
    case size([Int])
    /// A `torch.dtype`.
    case dtype(DType)
    /// A `torch.device`, for example `cuda:0`.
    case device(String)
}

extension PickleValue {
    /// The truth value, or nil if this is something else.
    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The integer, or nil if this is something else.
    public var intValue: Int? { if case .int(let value) = self { value } else { nil } }
    /// The number as a float, from an integer too; nil if this is no number.
    public var doubleValue: Double? {
        switch self {
        case .float(let value): value
        case .int(let value): Double(value)
        default: nil
        }
    }
    /// The string, or nil if this is something else.
    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    /// The elements of a list or tuple, or nil if this is something else.
    public var elements: [PickleValue]? {
        switch self {
        case .list(let elements), .tuple(let elements): elements
        default: nil
        }
    }
    /// The dictionary, or nil if this is something else.
    public var dictionaryValue: PickleDictionary? { if case .dict(let value) = self { value } else { nil } }
    /// The tensor, or nil if this is something else.
    public var tensorValue: SerializedTensor? { if case .tensor(let value) = self { value } else { nil } }
    /// The NumPy array, or nil if this is something else.
    public var arrayValue: NumpyArray? { if case .array(let value) = self { value } else { nil } }
    /// Whether this is Python's `None`.
    public var isNone: Bool { if case .none = self { true } else { false } }

    /// The member `key` of a dictionary; nil where there is none, or this is no dictionary.
    public subscript(key: String) -> PickleValue? { dictionaryValue?[key] }
}

extension PickleValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .float(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .none }
    public init(arrayLiteral elements: PickleValue...) { self = .list(elements) }
    public init(dictionaryLiteral elements: (PickleValue, PickleValue)...) {
        self = .dict(PickleDictionary(elements.map { .init(key: $0, value: $1) }))
    }
}
