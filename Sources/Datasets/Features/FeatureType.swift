/// What a column holds, with Arrow's and Python `datasets`' names.
public indirect enum FeatureType: Sendable, Hashable {
    /// Nothing but nulls.
    case null
    case bool
    case int32
    case int64
    case float64
    case string
    /// Lists of one of the types above.
    case list(FeatureType)
    /// Numbers (int64) that stand for the names of classes.
    case classLabel(ClassLabel)
}

extension FeatureType: CustomStringConvertible {
    /// For example `int64`, `list<string>`, `ClassLabel(names: ["neg", "pos"])`.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .int32: "int32"
        case .int64: "int64"
        case .float64: "float64"
        case .string: "string"
        case .list(let element): "list<\(element)>"
        case .classLabel(let label): label.description
        }
    }

    /// How the values lie in memory: a class label's are plain int64.
    var storage: FeatureType {
        if case .classLabel = self { .int64 } else { self }
    }
}
