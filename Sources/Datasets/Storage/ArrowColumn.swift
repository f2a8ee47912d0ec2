internal import CArrow

/// An immutable Arrow column: a handle, and views of its buffers.
// Sendable although it holds pointers: neither the handle nor the memory behind it changes after `init`.
final class ArrowColumn: @unchecked Sendable {
    /// As the values lie in memory, never a class label: that is a matter of the data set's schema.
    let type: FeatureType
    let count: Int
    let chunks: [ColumnChunk]
    /// The first row of each chunk.
    private let starts: [Int]
    private let handle: OpaquePointer
    /// Where the values come from, and what they hash to.
    let origin = ColumnOrigin()

    /// Takes over `handle`.
    init(adopting handle: OpaquePointer) {
        self.handle = handle
        type = FeatureType(carrow_column_type(handle).pointee)
        var starts: [Int] = []
        var chunks: [ColumnChunk] = []
        var count = 0
        for index in 0..<carrow_column_chunk_count(handle) {
            let chunk = ColumnChunk(carrow_column_chunk(handle, index))
            guard chunk.count > 0 else { continue }
            starts.append(count)
            chunks.append(chunk)
            count += chunk.count
        }
        self.starts = starts
        self.chunks = chunks
        self.count = count
    }

    deinit { carrow_column_release(handle) }

    var nullCount: Int { chunks.reduce(0) { $0 + $1.nullCount } }

    /// The chunk that holds `row`, and the row's place in it.
    func locate(_ row: Int) -> (chunk: ColumnChunk, index: Int) {
        if chunks.count == 1 { return (chunks[0], row) }
        var low = 0
        var high = chunks.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if starts[middle] <= row { low = middle } else { high = middle - 1 }
        }
        return (chunks[low], row - starts[low])
    }

    /// Calls `body` with the shim's handle, which it must not keep.
    func withHandle<Result>(_ body: (OpaquePointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) { try body(handle) }
    }

    static func withHandles<Result>(
        _ columns: [ArrowColumn], _ body: (UnsafePointer<OpaquePointer?>?) throws -> Result
    ) rethrows -> Result {
        try withExtendedLifetime(columns) {
            try columns.map { Optional($0.handle) }.withUnsafeBufferPointer { try body($0.baseAddress) }
        }
    }
}

extension ArrowColumn {
    /// Runs a call of the shim that makes a column.
    static func made(
        _ call: (UnsafeMutablePointer<OpaquePointer?>, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>)
            -> carrow_status
    ) throws(ArrowFailure) -> ArrowColumn {
        var made: OpaquePointer?
        try ArrowFailure.check { call(&made, $0) }
        guard let made else { throw ArrowFailure(status: CARROW_FAILED, message: "no column was made") }
        return ArrowColumn(adopting: made)
    }

    /// The columns, all of one type, one after another; nothing is copied.
    static func concatenating(_ columns: [ArrowColumn]) throws(ArrowFailure) -> ArrowColumn {
        try made { result, message in
            withHandles(columns) { carrow_column_concatenate($0, Int32(columns.count), result, message) }
        }
    }

    /// The rows of a range; nothing is copied.
    func slice(_ rows: Range<Int>) throws(ArrowFailure) -> ArrowColumn {
        if rows == 0..<count { return self }
        return try Self.made { result, message in
            withHandle { carrow_column_slice($0, Int64(rows.lowerBound), Int64(rows.count), result, message) }
        }
    }

    /// A copy of some rows, in the order given.
    func gathering(_ rows: [Int]) throws(ArrowFailure) -> ArrowColumn {
        let rows = rows.map { Int64($0) }
        return try Self.made { result, message in
            withHandle { carrow_column_gather($0, rows, Int64(rows.count), result, message) }
        }
    }

    /// The column as another type, by Arrow's rules: numbers to wider or equal ones, text to numbers and back, times,
    /// nulls to anything, and the same for lists' elements and structs' fields.
    /// - Throws: ``ArrowFailure`` where a value would be changed, or there is no such conversion.
    func cast(to type: FeatureType) throws(ArrowFailure) -> ArrowColumn {
        if self.type == type.storage { return self }
        let wanted = ArrowFields(type)
        return try Self.made { result, message in
            withHandle { handle in
                withUnsafePointer(to: wanted.root) { carrow_column_cast(handle, $0, result, message) }
            }
        }
    }
}
