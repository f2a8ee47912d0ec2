internal import CArrow

/// One contiguous piece of an Arrow column, read in place. Rows count from 0 within the chunk; the column that owns
/// the memory must outlive it, and types are the caller's business.
struct ColumnChunk {
    private let rows: carrow_values
    private let elements: carrow_values

    init(_ chunk: carrow_chunk) {
        rows = chunk.rows
        elements = chunk.elements
    }

    var count: Int { Int(rows.length) }
    var nullCount: Int { Int(rows.null_count) }
    var elementNullCount: Int { Int(elements.null_count) }

    func isNull(_ row: Int) -> Bool { Self.isNull(rows, row) }
    func bool(_ row: Int) -> Bool { Self.bool(rows, row) }
    func int32(_ row: Int) -> Int32 { Self.values(rows, Int32.self)[Int(rows.offset) + row] }
    func int64(_ row: Int) -> Int { Self.values(rows, Int.self)[Int(rows.offset) + row] }
    func double(_ row: Int) -> Double { Self.values(rows, Double.self)[Int(rows.offset) + row] }
    func utf8(_ row: Int) -> UnsafeBufferPointer<UInt8> { Self.utf8(rows, row) }

    /// The places of a list's elements, for the functions below.
    func list(_ row: Int) -> Range<Int> {
        guard let offsets = rows.offsets else { return 0..<0 }
        let place = Int(rows.offset) + row
        return Int(offsets[place])..<Int(offsets[place + 1])
    }

    func elementIsNull(_ place: Int) -> Bool { Self.isNull(elements, place) }
    func elementBool(_ place: Int) -> Bool { Self.bool(elements, place) }
    func elementUTF8(_ place: Int) -> UnsafeBufferPointer<UInt8> { Self.utf8(elements, place) }
    func elements<Value: BitwiseCopyable>(_ places: Range<Int>, as type: Value.Type) -> UnsafeBufferPointer<Value> {
        guard !places.isEmpty else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(
            start: Self.values(elements, type) + Int(elements.offset) + places.lowerBound, count: places.count)
    }

    private static func isNull(_ array: carrow_values, _ row: Int) -> Bool {
        guard array.null_count > 0 else { return false }
        // Arrow's null type has no buffers at all.
        guard let bits = array.validity else { return true }
        let place = Int(array.offset) + row
        return bits[place >> 3] & (1 << UInt8(place & 7)) == 0
    }

    private static func bool(_ array: carrow_values, _ row: Int) -> Bool {
        let place = Int(array.offset) + row
        return values(array, UInt8.self)[place >> 3] & (1 << UInt8(place & 7)) != 0
    }

    private static func utf8(_ array: carrow_values, _ row: Int) -> UnsafeBufferPointer<UInt8> {
        guard let offsets = array.offsets else { return UnsafeBufferPointer(start: nil, count: 0) }
        let place = Int(array.offset) + row
        let start = Int(offsets[place])
        let end = Int(offsets[place + 1])
        guard end > start else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(start: values(array, UInt8.self) + start, count: end - start)
    }

    private static func values<Value>(_ array: carrow_values, _ type: Value.Type) -> UnsafePointer<Value> {
        guard let values = array.values else { fatalError("column of another type read as \(type)") }
        return values.assumingMemoryBound(to: type)
    }
}
