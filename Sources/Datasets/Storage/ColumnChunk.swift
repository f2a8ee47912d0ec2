internal import CArrow

/// One contiguous piece of an Arrow column, read in place. Rows count from 0 within the chunk; the column that owns
/// the memory must outlive it, and types are the caller's business.
///
/// A list's or text's place is checked against the memory there is, so that a damaged file can't lead outside it.
struct ColumnChunk {
    private let array: UnsafePointer<carrow_array>

    init(_ array: UnsafePointer<carrow_array>) { self.array = array }

    var count: Int { Int(array.pointee.length) }
    var nullCount: Int { Int(array.pointee.null_count) }

    func isNull(_ row: Int) -> Bool {
        guard array.pointee.null_count > 0 else { return false }
        // Arrow's null type has no buffers at all.
        guard let bits = array.pointee.validity else { return true }
        let place = place(row)
        return bits[place >> 3] & (1 << UInt8(place & 7)) == 0
    }

    func bool(_ row: Int) -> Bool {
        let place = place(row)
        return memory(UInt8.self)[place >> 3] & (1 << UInt8(place & 7)) != 0
    }

    /// The value of a type of fixed width.
    func value<Value: BitwiseCopyable>(_ row: Int, as type: Value.Type) -> Value { memory(type)[place(row)] }

    /// Values of a type of fixed width that follow one another.
    func values<Value: BitwiseCopyable>(_ rows: Range<Int>, as type: Value.Type) -> UnsafeBufferPointer<Value> {
        guard !rows.isEmpty else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(start: memory(type) + place(rows.lowerBound), count: rows.count)
    }

    /// The bytes of a string or binary.
    func utf8(_ row: Int) -> UnsafeBufferPointer<UInt8> {
        let range = offsets(row)
        guard !range.isEmpty, range.upperBound <= array.pointee.values_size else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        return UnsafeBufferPointer(start: memory(UInt8.self) + range.lowerBound, count: range.count)
    }

    func string(_ row: Int) -> String { String(decoding: utf8(row), as: UTF8.self) }

    /// The places of a list's elements in `elements`.
    func list(_ row: Int) -> Range<Int> {
        let size = Int(array.pointee.list_size)
        let range = size > 0 ? place(row) * size..<(place(row) + 1) * size : offsets(row)
        return range.isEmpty || range.upperBound <= elements.count ? range : 0..<0
    }

    /// The elements of all the lists.
    var elements: ColumnChunk { child(0) }

    /// A field of a struct.
    func child(_ place: Int) -> ColumnChunk {
        precondition(place < Int(array.pointee.child_count), "column of another type read as a list or struct")
        return ColumnChunk(array.pointee.children + place)
    }

    private func place(_ row: Int) -> Int { Int(array.pointee.offset) + row }

    private func offsets(_ row: Int) -> Range<Int> {
        guard let offsets = array.pointee.offsets else { return 0..<0 }
        let place = place(row)
        let start: Int
        let end: Int
        if array.pointee.offset_width == 4 {
            let narrow = offsets.assumingMemoryBound(to: Int32.self)
            (start, end) = (Int(narrow[place]), Int(narrow[place + 1]))
        } else {
            let wide = offsets.assumingMemoryBound(to: Int64.self)
            (start, end) = (Int(wide[place]), Int(wide[place + 1]))
        }
        return start >= 0 && end > start ? start..<end : 0..<0
    }

    private func memory<Value>(_ type: Value.Type) -> UnsafePointer<Value> {
        guard let values = array.pointee.values else { preconditionFailure("column of another type read as \(type)") }
        return values.assumingMemoryBound(to: type)
    }
}
