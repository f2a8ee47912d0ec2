/// What a column holds, with Arrow's and Python `datasets`' names.
public indirect enum FeatureType: Sendable, Hashable {
    /// Nothing but nulls.
    case null
    case bool
    case int8
    case int16
    case int32
    case int64
    case uint8
    case uint16
    case uint32
    case uint64
    case float16
    case float32
    case float64
    /// UTF-8 text; at most 2 GiB of it in one piece of a column.
    case string
    /// UTF-8 text without that bound.
    case largeString
    case binary
    case largeBinary
    /// Days since 1970-01-01.
    case date32
    /// Milliseconds since 1970-01-01.
    case date64
    /// The time of the day; seconds or milliseconds.
    case time32(TimeUnit)
    /// The time of the day; microseconds or nanoseconds.
    case time64(TimeUnit)
    /// An instant since 1970-01-01T00:00:00 UTC, or a date and time of no time zone.
    case timestamp(TimeUnit, timezone: String?)
    case duration(TimeUnit)
    case decimal128(precision: Int, scale: Int)
    case decimal256(precision: Int, scale: Int)
    /// Lists of one of the types here.
    case list(FeatureType)
    /// Lists of more than 2³¹ elements in one piece of a column.
    case largeList(FeatureType)
    /// Lists of `length` elements each.
    case fixedSizeList(FeatureType, length: Int)
    /// Named fields.
    case structure(Features)
    /// Numbers (int64) that stand for the names of classes.
    case classLabel(ClassLabel)
    /// A feature of Python's that is kept as it is: an image, say, whose storage is a struct of `bytes` and `path`.
    case annotated(FeatureAnnotation, storage: FeatureType)
}

/// The unit of times, time stamps and durations.
public enum TimeUnit: String, Sendable, Hashable, CaseIterable {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"
    case nanoseconds = "ns"

    /// How many of the unit make up a second.
    public var perSecond: Int {
        switch self {
        case .seconds: 1
        case .milliseconds: 1_000
        case .microseconds: 1_000_000
        case .nanoseconds: 1_000_000_000
        }
    }
}

/// A feature of Python's `datasets` whose meaning matters to Python alone: `Image`, `Audio`, `Translation` and so on.
public struct FeatureAnnotation: Sendable, Hashable {
    /// Python's class, for example `Image`.
    public let name: String
    /// The feature's JSON as it stands in `dataset_info.json`.
    public let json: String
}

extension FeatureType: CustomStringConvertible {
    /// For example `int64`, `list<string>`, `timestamp[us, tz=UTC]`, `ClassLabel(names: ["neg", "pos"])`.
    public var description: String {
        switch self {
        case .list(let element): "list<\(element)>"
        case .largeList(let element): "large_list<\(element)>"
        case .fixedSizeList(let element, let length): "fixed_size_list<\(element)>[\(length)]"
        case .structure(let fields): "struct<" + fields.map { "\($0.name): \($0.type)" }.joined(separator: ", ") + ">"
        case .classLabel(let label): label.description
        case .annotated(let annotation, _): annotation.name
        default: dtype ?? ""
        }
    }

    /// Python's name of the type of a `Value`; nil for what is none.
    var dtype: String? {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .int8: "int8"
        case .int16: "int16"
        case .int32: "int32"
        case .int64: "int64"
        case .uint8: "uint8"
        case .uint16: "uint16"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .float16: "float16"
        case .float32: "float32"
        case .float64: "float64"
        case .string: "string"
        case .largeString: "large_string"
        case .binary: "binary"
        case .largeBinary: "large_binary"
        case .date32: "date32"
        case .date64: "date64"
        case .time32(let unit): "time32[\(unit.rawValue)]"
        case .time64(let unit): "time64[\(unit.rawValue)]"
        case .timestamp(let unit, let timezone):
            timezone.map { "timestamp[\(unit.rawValue), tz=\($0)]" } ?? "timestamp[\(unit.rawValue)]"
        case .duration(let unit): "duration[\(unit.rawValue)]"
        case .decimal128(let precision, let scale): "decimal128(\(precision), \(scale))"
        case .decimal256(let precision, let scale): "decimal256(\(precision), \(scale))"
        case .list, .largeList, .fixedSizeList, .structure, .classLabel, .annotated: nil
        }
    }
}

extension FeatureType {
    /// How the values lie in memory: a class label's are plain int64, in lists and structs too.
    var storage: FeatureType {
        switch self {
        case .classLabel: .int64
        case .annotated(_, let storage): storage.storage
        case .list(let element): .list(element.storage)
        case .largeList(let element): .largeList(element.storage)
        case .fixedSizeList(let element, let length): .fixedSizeList(element.storage, length: length)
        case .structure(let fields): .structure(Features(fields.map { .init(name: $0.name, type: $0.type.storage) }))
        default: self
        }
    }

    /// The type of the elements, where this is a list.
    public var element: FeatureType? {
        switch self {
        case .list(let element), .largeList(let element), .fixedSizeList(let element, _): element
        default: nil
        }
    }

    /// Whether the values are text, whatever its size.
    public var isString: Bool { self == .string || self == .largeString }

    public var isInteger: Bool {
        switch self {
        case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64: true
        default: false
        }
    }

    public var isFloatingPoint: Bool {
        switch self {
        case .float16, .float32, .float64: true
        default: false
        }
    }

    /// Whether the values are dates, times, time stamps or durations.
    public var isTemporal: Bool {
        switch self {
        case .date32, .date64, .time32, .time64, .timestamp, .duration: true
        default: false
        }
    }
}
