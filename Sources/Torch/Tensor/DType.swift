/// The element type of a ``Tensor``, with PyTorch's names. The raw value is libtorch's `ScalarType` number.
public enum DType: Int8, Sendable, Hashable, CaseIterable {
    case uint8 = 0
    case int8 = 1
    case int16 = 2
    case int32 = 3
    case int64 = 4
    case float16 = 5
    case float32 = 6
    case float64 = 7
    case complex64 = 9
    case complex128 = 10
    case bool = 11
    case bfloat16 = 15

    /// Bytes that one element takes.
    public var itemSize: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .int16, .float16, .bfloat16: 2
        case .int32, .float32: 4
        case .int64, .float64, .complex64: 8
        case .complex128: 16
        }
    }

    /// Whether gradients can flow through tensors of this type.
    public var isFloatingPoint: Bool {
        switch self {
        case .float16, .float32, .float64, .bfloat16: true
        default: false
        }
    }
}

extension DType: CustomStringConvertible {
    /// PyTorch's name without the `torch.` prefix, for example `float32`.
    public var description: String {
        switch self {
        case .uint8: "uint8"
        case .int8: "int8"
        case .int16: "int16"
        case .int32: "int32"
        case .int64: "int64"
        case .float16: "float16"
        case .float32: "float32"
        case .float64: "float64"
        case .complex64: "complex64"
        case .complex128: "complex128"
        case .bool: "bool"
        case .bfloat16: "bfloat16"
        }
    }

    /// The type with PyTorch's name, with or without the `torch.` prefix; nil where there is none.
    public init?(name: String) {
        let plain = name.hasPrefix("torch.") ? String(name.dropFirst(6)) : name
        guard let match = Self.allCases.first(where: { $0.description == plain }) else { return nil }
        self = match
    }
}
