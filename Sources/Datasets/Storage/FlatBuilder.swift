internal import CArrow
internal import Foundation

/// The buffers of a flat Arrow array while it is written: of a column's rows, or of a list column's elements.
struct FlatBuilder {
    private(set) var count = 0
    private var nullCount = 0
    /// Empty as long as there is no null.
    private var validity = GrowingBitmap()
    private var bits = GrowingBitmap()
    private let bytes = GrowingBuffer<UInt8>()
    private let offsets = GrowingBuffer<Int32>()

    /// A measure of the memory in use, to be kept below what 32-bit offsets can address.
    var size: Int { max(bytes.count, count) }

    mutating func append(_ value: Bool) {
        bits.append(value)
        markValid()
    }

    mutating func append<Value: BitwiseCopyable>(fixed value: Value) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0.assumingMemoryBound(to: UInt8.self)) }
        markValid()
    }

    mutating func append(_ value: String) {
        if offsets.count == 0 { offsets.append(0) }
        var value = value
        value.withUTF8 { bytes.append(contentsOf: $0) }
        offsets.append(Int32(bytes.count))
        markValid()
    }

    /// Appends `count` values of fixed width at once.
    mutating func append(fixedList values: UnsafeRawBufferPointer, count extra: Int) {
        bytes.append(contentsOf: values.assumingMemoryBound(to: UInt8.self))
        if nullCount > 0 { validity.append(repeating: true, count: extra) }
        count += extra
    }

    /// Counts a value whose content, if it has one here, is written by the caller.
    mutating func markValid() {
        if nullCount > 0 { validity.append(true) }
        count += 1
    }

    /// Ends a list at `end`, a place among the elements.
    mutating func closeList(at end: Int) {
        if offsets.count == 0 { offsets.append(0) }
        offsets.append(Int32(end))
    }

    mutating func appendNull(as type: FeatureType) {
        if nullCount == 0 { validity.append(repeating: true, count: count) }
        validity.append(false)
        nullCount += 1
        count += 1
        fill(1, as: type)
    }

    /// Gives the nulls that came before the first value the room that the type asks for.
    mutating func shapeNulls(as type: FeatureType) {
        fill(count, as: type)
        if case .list = type { for _ in 0..<count { closeList(at: 0) } }
    }

    private mutating func fill(_ places: Int, as type: FeatureType) {
        switch type {
        // The end of a list is written by `closeList`.
        case .null, .list: break
        case .bool: bits.append(repeating: false, count: places)
        case .int32: for _ in 0..<places * 4 { bytes.append(0) }
        case .int64, .classLabel, .float64: for _ in 0..<places * 8 { bytes.append(0) }
        case .string:
            if offsets.count == 0 { offsets.append(0) }
            for _ in 0..<places { offsets.append(Int32(bytes.count)) }
        }
    }

    /// Gives the buffers away and starts anew.
    mutating func take(as type: FeatureType) -> carrow_buffers {
        var buffers = carrow_buffers()
        buffers.length = Int64(count)
        buffers.null_count = Int64(nullCount)
        let valid = validity.take()
        switch type {
        case .null:
            free(valid.memory)
        case .bool:
            let taken = bits.take()
            buffers.values = taken.memory.map { UnsafeMutableRawPointer($0) }
            buffers.values_size = Int64(taken.size)
            buffers.validity = valid.memory
        case .int32, .int64, .classLabel, .float64, .string, .list:
            if offsets.count == 0 { offsets.append(0) }
            buffers.values_size = Int64(bytes.count)
            buffers.values = bytes.take().map { UnsafeMutableRawPointer($0) }
            buffers.validity = valid.memory
            let ends = offsets.take()
            if type.hasOffsets { buffers.offsets = ends } else { free(ends) }
        }
        (count, nullCount) = (0, 0)
        return buffers
    }
}

extension FeatureType {
    fileprivate var hasOffsets: Bool {
        switch self {
        case .string, .list: true
        default: false
        }
    }

    /// The shim's name of the type.
    var arrowType: carrow_type {
        switch self {
        case .null: CARROW_TYPE_NULL
        case .bool: CARROW_TYPE_BOOL
        case .int32: CARROW_TYPE_INT32
        case .int64, .classLabel: CARROW_TYPE_INT64
        case .float64: CARROW_TYPE_DOUBLE
        case .string: CARROW_TYPE_STRING
        case .list: CARROW_TYPE_LIST
        }
    }

    var arrowElementType: carrow_type {
        if case .list(let element) = self { element.arrowType } else { CARROW_TYPE_NULL }
    }

    /// The type that the shim names; nil where the data set has none for it.
    init?(_ type: carrow_type, element: carrow_type) {
        switch type {
        case CARROW_TYPE_NULL: self = .null
        case CARROW_TYPE_BOOL: self = .bool
        case CARROW_TYPE_INT32: self = .int32
        case CARROW_TYPE_INT64: self = .int64
        case CARROW_TYPE_DOUBLE: self = .float64
        case CARROW_TYPE_STRING: self = .string
        case CARROW_TYPE_LIST where element != CARROW_TYPE_LIST:
            guard let element = FeatureType(element, element: CARROW_TYPE_NULL) else { return nil }
            self = .list(element)
        default: return nil
        }
    }
}
