internal import CArrow
internal import Foundation

/// Writes one Arrow array value by value: a column's rows, a list's elements, or a field of a struct.
///
/// Where no type is given, the first value that isn't null settles it.
final class ArrayBuilder {
    /// What has been settled so far.
    enum Shape {
        /// Only nulls have come.
        case undecided
        case leaf(FeatureType)
        /// Lists of any kind, whose own type says which.
        case list(ArrayBuilder, kind: ListKind)
        case structure(names: [String], fields: [ArrayBuilder])
    }

    enum ListKind: Equatable {
        case list, large
        case fixed(Int)
    }

    /// The most elements that nulls of fixed-size lists may take at once.
    private static let nullRoomLimit = 1 << 28

    private(set) var shape: Shape
    /// Whether the type was given, so that values are brought to it.
    let isGiven: Bool
    private(set) var count = 0
    private(set) var nullCount = 0
    private var wasTaken = false
    /// Empty as long as there is no null.
    private var validity = GrowingBitmap()
    private var bits = GrowingBitmap()
    private let bytes = GrowingBuffer<UInt8>()
    private let offsets = GrowingBuffer<Int32>()
    private let wideOffsets = GrowingBuffer<Int64>()

    init(type: FeatureType? = nil) {
        isGiven = type != nil
        shape = type.map { Self.shape(of: $0) } ?? .undecided
    }

    private static func shape(of type: FeatureType) -> Shape {
        switch type {
        case .list(let element): .list(ArrayBuilder(type: element), kind: .list)
        case .largeList(let element): .list(ArrayBuilder(type: element), kind: .large)
        case .fixedSizeList(let element, let length): .list(ArrayBuilder(type: element), kind: .fixed(length))
        case .structure(let fields):
            .structure(names: fields.map(\.name), fields: fields.map { ArrayBuilder(type: $0.type) })
        case .annotated(_, let storage): shape(of: storage)
        default: .leaf(type)
        }
    }

    /// The type so far; null where nothing is known.
    var type: FeatureType {
        switch shape {
        case .undecided: .null
        case .leaf(let type): type
        case .list(let elements, .list): .list(elements.type)
        case .list(let elements, .large): .largeList(elements.type)
        case .list(let elements, .fixed(let length)): .fixedSizeList(elements.type, length: length)
        case .structure(let names, let fields):
            .structure(Features(zip(names, fields).map { .init(name: $0, type: $1.type) }))
        }
    }

    /// Whether no value to come can change the type.
    var isSettled: Bool {
        switch shape {
        case .undecided: false
        case .leaf: true
        case .list(let elements, _): elements.isSettled
        case .structure(_, let fields): fields.allSatisfy(\.isSettled)
        }
    }

    /// A measure of the memory in use, to be kept below what 32-bit offsets can address.
    var size: Int {
        switch shape {
        case .list(let elements, _): max(count, elements.size)
        case .structure(_, let fields): fields.reduce(count) { max($0, $1.size) }
        default: max(bytes.count, count)
        }
    }

    /// Settles the type of an undecided builder, and gives the nulls before its room.
    func settle(_ type: FeatureType) throws {
        guard case .undecided = shape else { return }
        shape = Self.undecidedShape(of: type)
        try fill(count)
    }

    private static func undecidedShape(of type: FeatureType) -> Shape {
        switch type {
        case .list: .list(ArrayBuilder(), kind: .list)
        case .structure(let fields): .structure(names: fields.map(\.name), fields: fields.map { _ in ArrayBuilder() })
        default: .leaf(type)
        }
    }

    /// Adds a field to a struct, null in the rows before; false where rows have been taken without it.
    func addField(_ name: String) throws -> Bool {
        guard !wasTaken, case .structure(var names, var fields) = shape else { return false }
        let field = ArrayBuilder()
        for _ in 0..<count { try field.appendNull() }
        names.append(name)
        fields.append(field)
        shape = .structure(names: names, fields: fields)
        return true
    }

    func appendNull() throws {
        if nullCount == 0 { try validity.append(repeating: true, count: count) }
        try validity.append(false)
        nullCount += 1
        count += 1
        try fill(1)
    }

    /// Counts a value whose content, if it has one here, is written by the caller.
    func markValid() throws {
        if nullCount > 0 { try validity.append(true) }
        count += 1
    }

    func append(bit: Bool) throws {
        try bits.append(bit)
        try markValid()
    }

    func append<Value: BitwiseCopyable>(fixed value: Value) throws {
        try withUnsafeBytes(of: value) { try bytes.append(contentsOf: $0.assumingMemoryBound(to: UInt8.self)) }
        try markValid()
    }

    /// Appends values of fixed width at once.
    func append<Value: BitwiseCopyable>(all values: UnsafeBufferPointer<Value>) throws {
        let raw = UnsafeRawBufferPointer(values)
        try bytes.append(contentsOf: raw.assumingMemoryBound(to: UInt8.self))
        if nullCount > 0 { try validity.append(repeating: true, count: values.count) }
        count += values.count
    }

    func append(bytes value: UnsafeBufferPointer<UInt8>) throws {
        try bytes.append(contentsOf: value)
        try closeValue()
        try markValid()
    }

    func append(text value: String) throws {
        var value = value
        try value.withUTF8 { try append(bytes: $0) }
    }

    /// Ends a string at the end of the bytes, or a list at the end of its elements.
    func closeValue() throws {
        switch shape {
        case .leaf(let type) where type == .largeString || type == .largeBinary: try close(wideAt: bytes.count)
        case .leaf: try close(at: bytes.count)
        case .list(let elements, .list): try close(at: elements.count)
        case .list(let elements, .large): try close(wideAt: elements.count)
        case .list, .structure, .undecided: break
        }
    }

    private func close(at end: Int) throws {
        guard let end = Int32(exactly: end) else {
            throw DatasetError.storage(problem: "one row holds more than 2 GiB; use a large type")
        }
        if offsets.count == 0 { try offsets.append(0) }
        try offsets.append(end)
    }

    private func close(wideAt end: Int) throws {
        if wideOffsets.count == 0 { try wideOffsets.append(0) }
        try wideOffsets.append(Int64(end))
    }

    /// The room that nulls take.
    private func fill(_ places: Int) throws {
        switch shape {
        case .undecided: break
        case .list(let elements, .fixed(let length)):
            let (room, overflow) = places.multipliedReportingOverflow(by: length)
            guard !overflow, (0...Self.nullRoomLimit).contains(room) else {
                throw DatasetError.storage(problem: "a null of a list of \(length) elements takes too much room")
            }
            for _ in 0..<room { try elements.appendNull() }
        case .list: for _ in 0..<places { try closeValue() }
        case .structure(_, let fields): for field in fields { for _ in 0..<places { try field.appendNull() } }
        case .leaf(let type):
            switch type.layout {
            case .none: break
            case .bits: try bits.append(repeating: false, count: places)
            case .fixed(let width): try bytes.append(repeating: 0, count: places * width)
            case .offsets: for _ in 0..<places { try closeValue() }
            }
        }
    }

    /// Gives the buffers away and starts anew; the types stay.
    func take(_ body: (inout carrow_buffers) throws -> Void) rethrows {
        var buffers = carrow_buffers()
        buffers.length = Int64(count)
        buffers.null_count = Int64(nullCount)
        let hadNulls = nullCount > 0
        wasTaken = true
        (count, nullCount) = (0, 0)
        let valid = validity.take().memory
        if hadNulls, !isNullType { buffers.validity = valid } else { free(valid) }
        switch shape {
        case .undecided: try body(&buffers)
        case .leaf(let type):
            takeValues(&buffers, layout: type.layout)
            try body(&buffers)
        case .list(let elements, let kind):
            if case .fixed = kind {} else { takeOffsets(&buffers, wide: kind == .large) }
            try Self.take([elements], into: &buffers, body)
        case .structure(_, let fields): try Self.take(fields, into: &buffers, body)
        }
    }

    private var isNullType: Bool {
        switch shape {
        case .undecided: true
        case .leaf(let type): type == .null
        default: false
        }
    }

    private static func take(
        _ children: [ArrayBuilder], into buffers: inout carrow_buffers, _ body: (inout carrow_buffers) throws -> Void
    ) rethrows {
        // The children's buffers lie side by side while the parent's refer to them.
        let memory = UnsafeMutablePointer<carrow_buffers>.allocate(capacity: max(children.count, 1))
        defer { memory.deallocate() }
        memory.initialize(repeating: carrow_buffers(), count: children.count)
        func next(_ place: Int, _ buffers: inout carrow_buffers) throws {
            guard place < children.count else {
                buffers.children = memory
                buffers.child_count = Int32(clamping: children.count)
                return try body(&buffers)
            }
            try children[place].take { child in
                memory[place] = child
                try next(place + 1, &buffers)
            }
        }
        try next(0, &buffers)
    }

    private func takeValues(_ buffers: inout carrow_buffers, layout: FeatureType.Layout) {
        switch layout {
        case .none: return
        case .bits:
            let taken = bits.take()
            buffers.values = taken.memory.map { UnsafeMutableRawPointer($0) }
            buffers.values_size = Int64(taken.size)
        case .fixed, .offsets:
            let taken = bytes.take()
            buffers.values = taken.memory.map { UnsafeMutableRawPointer($0) }
            if case .offsets(let wide) = layout {
                takeOffsets(&buffers, wide: wide)
                // Empty texts alone: Arrow wants a buffer all the same.
                if buffers.values == nil { buffers.values = malloc(1) }
            }
            buffers.values_size = Int64(taken.size)
        }
    }

    private func takeOffsets(_ buffers: inout carrow_buffers, wide: Bool) {
        let (memory, size): (UnsafeMutableRawPointer?, Int)
        if wide {
            if wideOffsets.count == 0 { try? wideOffsets.append(0) }
            let taken = wideOffsets.take()
            (memory, size) = (taken.memory.map { UnsafeMutableRawPointer($0) }, taken.size)
        } else {
            if offsets.count == 0 { try? offsets.append(0) }
            let taken = offsets.take()
            (memory, size) = (taken.memory.map { UnsafeMutableRawPointer($0) }, taken.size)
        }
        buffers.offsets = memory
        buffers.offsets_size = Int64(size)
    }
}

extension FeatureType {
    /// Which buffers a type's values have.
    enum Layout {
        case none, bits
        case fixed(Int)
        case offsets(wide: Bool)
    }

    fileprivate var layout: Layout {
        switch self {
        case .bool: .bits
        case .int8, .uint8: .fixed(1)
        case .int16, .uint16, .float16: .fixed(2)
        case .int32, .uint32, .float32, .date32, .time32: .fixed(4)
        case .int64, .uint64, .float64, .date64, .time64, .timestamp, .duration, .classLabel: .fixed(8)
        case .decimal128: .fixed(16)
        case .decimal256: .fixed(32)
        case .string, .binary: .offsets(wide: false)
        case .largeString, .largeBinary: .offsets(wide: true)
        case .null, .list, .largeList, .fixedSizeList, .structure, .annotated: .none
        }
    }
}
