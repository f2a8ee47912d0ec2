internal import CArrow

/// An immutable Arrow column: a handle, and views of its buffers; or the chunks of several such columns.
// Sendable although it holds pointers: neither the handle nor the memory behind it changes after `init`.
final class ArrowColumn: @unchecked Sendable {
    /// Never a class label: that is a matter of the data set's schema.
    let type: FeatureType
    let count: Int
    let chunks: [ColumnChunk]
    /// The first row of each chunk.
    private let starts: [Int]
    private let handle: OpaquePointer?
    /// The columns whose chunks these are, where there is no handle.
    private let parts: [ArrowColumn]
    /// What the values hash to, once it is known.
    let contentHash = ContentHash()

    /// Takes over `handle`, whose type must be one that `FeatureType` knows.
    init(adopting handle: OpaquePointer, type: FeatureType) {
        self.handle = handle
        self.type = type
        parts = []
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

    /// The rows of `parts` one after the other, all of which must be of `type`; shares their memory.
    init(joining parts: [ArrowColumn], type: FeatureType) {
        handle = nil
        self.type = type
        self.parts = parts
        var starts: [Int] = []
        var count = 0
        for chunk in parts.lazy.flatMap(\.chunks) {
            starts.append(count)
            count += chunk.count
        }
        chunks = parts.flatMap(\.chunks)
        self.starts = starts
        self.count = count
    }

    deinit { if let handle { carrow_column_release(handle) } }

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
}
