internal import CArrow

extension FeatureType {
    /// The type that the shim describes.
    init(_ field: carrow_field) {
        var child: FeatureType { field.child_count > 0 ? FeatureType(field.children[0]) : .null }
        switch field.type {
        case CARROW_TYPE_BOOL: self = .bool
        case CARROW_TYPE_INT8: self = .int8
        case CARROW_TYPE_INT16: self = .int16
        case CARROW_TYPE_INT32: self = .int32
        case CARROW_TYPE_INT64: self = .int64
        case CARROW_TYPE_UINT8: self = .uint8
        case CARROW_TYPE_UINT16: self = .uint16
        case CARROW_TYPE_UINT32: self = .uint32
        case CARROW_TYPE_UINT64: self = .uint64
        case CARROW_TYPE_HALF: self = .float16
        case CARROW_TYPE_FLOAT: self = .float32
        case CARROW_TYPE_DOUBLE: self = .float64
        case CARROW_TYPE_STRING: self = .string
        case CARROW_TYPE_LARGE_STRING: self = .largeString
        case CARROW_TYPE_BINARY: self = .binary
        case CARROW_TYPE_LARGE_BINARY: self = .largeBinary
        case CARROW_TYPE_DATE32: self = .date32
        case CARROW_TYPE_DATE64: self = .date64
        case CARROW_TYPE_TIME32: self = .time32(TimeUnit(field.unit))
        case CARROW_TYPE_TIME64: self = .time64(TimeUnit(field.unit))
        case CARROW_TYPE_TIMESTAMP:
            self = .timestamp(TimeUnit(field.unit), timezone: field.timezone.map { String(cString: $0) })
        case CARROW_TYPE_DURATION: self = .duration(TimeUnit(field.unit))
        case CARROW_TYPE_DECIMAL128: self = .decimal128(precision: Int(field.precision), scale: Int(field.scale))
        case CARROW_TYPE_DECIMAL256: self = .decimal256(precision: Int(field.precision), scale: Int(field.scale))
        case CARROW_TYPE_LIST: self = .list(child)
        case CARROW_TYPE_LARGE_LIST: self = .largeList(child)
        case CARROW_TYPE_FIXED_SIZE_LIST: self = .fixedSizeList(child, length: Int(field.size))
        case CARROW_TYPE_STRUCT: self = .structure(Features(field))
        default: self = .null
        }
    }
}

extension Features {
    /// The fields of a struct, or the columns of a schema.
    init(_ root: carrow_field) {
        self.init(
            (0..<Int(root.child_count)).map { place in
                let child = root.children[place]
                return Feature(name: String(cString: child.name), type: FeatureType(child))
            })
    }
}

extension TimeUnit {
    fileprivate init(_ unit: carrow_unit) {
        self =
            switch unit {
            case CARROW_UNIT_SECOND: .seconds
            case CARROW_UNIT_MILLI: .milliseconds
            case CARROW_UNIT_MICRO: .microseconds
            default: .nanoseconds
            }
    }

    fileprivate var arrowUnit: carrow_unit {
        switch self {
        case .seconds: CARROW_UNIT_SECOND
        case .milliseconds: CARROW_UNIT_MILLI
        case .microseconds: CARROW_UNIT_MICRO
        case .nanoseconds: CARROW_UNIT_NANO
        }
    }
}

/// A schema as the shim's structures, and the memory behind them.
final class ArrowFields {
    private(set) var root = carrow_field()
    private var blocks: [UnsafeMutableRawPointer] = []

    init(_ features: Features) {
        root.name = keep("")
        root.type = CARROW_TYPE_STRUCT
        setChildren(of: &root, features.map { ($0.name, $0.type) })
    }

    /// One type alone.
    init(_ type: FeatureType) {
        root.name = keep("")
        describe(type, &root)
    }

    deinit { for block in blocks { block.deallocate() } }

    private func describe(_ type: FeatureType, _ field: inout carrow_field) {
        field.type = type.arrowType
        switch type {
        case .time32(let unit), .time64(let unit), .duration(let unit): field.unit = unit.arrowUnit
        case .timestamp(let unit, let timezone):
            field.unit = unit.arrowUnit
            field.timezone = timezone.map { keep($0) }
        case .decimal128(let precision, let scale), .decimal256(let precision, let scale):
            field.precision = Int32(clamping: precision)
            field.scale = Int32(clamping: scale)
        case .list(let element), .largeList(let element): setChildren(of: &field, [("item", element)])
        case .fixedSizeList(let element, let length):
            field.size = Int32(clamping: length)
            setChildren(of: &field, [("item", element)])
        case .structure(let fields): setChildren(of: &field, fields.map { ($0.name, $0.type) })
        case .annotated(_, let storage): describe(storage, &field)
        default: break
        }
    }

    private func setChildren(of field: inout carrow_field, _ children: [(name: String, type: FeatureType)]) {
        let memory = UnsafeMutablePointer<carrow_field>.allocate(capacity: max(children.count, 1))
        blocks.append(UnsafeMutableRawPointer(memory))
        memory.initialize(repeating: carrow_field(), count: children.count)
        for (place, child) in children.enumerated() {
            memory[place].name = keep(child.name)
            describe(child.type, &memory[place])
        }
        field.children = UnsafePointer(memory)
        field.child_count = Int32(clamping: children.count)
    }

    private func keep(_ text: String) -> UnsafePointer<CChar> {
        let bytes = text.utf8CString
        let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        blocks.append(UnsafeMutableRawPointer(memory))
        for (place, byte) in bytes.enumerated() { memory[place] = byte }
        return UnsafePointer(memory)
    }
}

extension FeatureType {
    fileprivate var arrowType: carrow_type {
        switch self {
        case .null: CARROW_TYPE_NULL
        case .bool: CARROW_TYPE_BOOL
        case .int8: CARROW_TYPE_INT8
        case .int16: CARROW_TYPE_INT16
        case .int32: CARROW_TYPE_INT32
        case .int64, .classLabel: CARROW_TYPE_INT64
        case .uint8: CARROW_TYPE_UINT8
        case .uint16: CARROW_TYPE_UINT16
        case .uint32: CARROW_TYPE_UINT32
        case .uint64: CARROW_TYPE_UINT64
        case .float16: CARROW_TYPE_HALF
        case .float32: CARROW_TYPE_FLOAT
        case .float64: CARROW_TYPE_DOUBLE
        case .string: CARROW_TYPE_STRING
        case .largeString: CARROW_TYPE_LARGE_STRING
        case .binary: CARROW_TYPE_BINARY
        case .largeBinary: CARROW_TYPE_LARGE_BINARY
        case .date32: CARROW_TYPE_DATE32
        case .date64: CARROW_TYPE_DATE64
        case .time32: CARROW_TYPE_TIME32
        case .time64: CARROW_TYPE_TIME64
        case .timestamp: CARROW_TYPE_TIMESTAMP
        case .duration: CARROW_TYPE_DURATION
        case .decimal128: CARROW_TYPE_DECIMAL128
        case .decimal256: CARROW_TYPE_DECIMAL256
        case .list: CARROW_TYPE_LIST
        case .largeList: CARROW_TYPE_LARGE_LIST
        case .fixedSizeList: CARROW_TYPE_FIXED_SIZE_LIST
        case .structure: CARROW_TYPE_STRUCT
        case .annotated(_, let storage): storage.arrowType
        }
    }
}

/// Names as C strings.
enum ArrowNames {
    static func with<Result>(
        _ names: [String], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        // One block of memory holds all the names, each with its final zero.
        var starts: [Int] = []
        var text: [CChar] = []
        for name in names {
            starts.append(text.count)
            text += name.utf8.map { CChar(bitPattern: $0) } + [0]
        }
        return text.withUnsafeBufferPointer { text in
            let pointers: [UnsafePointer<CChar>?] = starts.map { start in text.baseAddress.map { $0 + start } }
            return pointers.withUnsafeBufferPointer(body)
        }
    }
}
