internal import CArrow

/// Some rows of a table, as a reader of Arrow's gave them.
struct ArrowTable {
    let rowCount: Int
    let names: [String]
    let columns: [ArrowColumn]
    /// The bytes that the columns take, of a table as it was read.
    let byteCount: Int

    /// Takes over `handle`.
    init(adopting handle: OpaquePointer) throws(ArrowFailure) {
        defer { carrow_table_release(handle) }
        rowCount = Int(carrow_table_row_count(handle))
        byteCount = Int(carrow_table_byte_count(handle))
        names = Features(carrow_table_schema(handle).pointee).map(\.name)
        var columns: [ArrowColumn] = []
        for place in names.indices {
            columns.append(try ArrowColumn.made { carrow_table_column(handle, Int32(place), $0, $1) })
        }
        self.columns = columns
    }

    init(rowCount: Int, names: [String], columns: [ArrowColumn], byteCount: Int = 0) {
        self.byteCount = byteCount
        self.rowCount = rowCount
        self.names = names
        self.columns = columns
    }

    /// The columns in the order of `wanted`, which holds all their names.
    func ordered(_ wanted: [String]) -> ArrowTable {
        if names == wanted { return self }
        let places = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
        let order = wanted.compactMap { places[$0] }
        return ArrowTable(
            rowCount: rowCount, names: order.map { names[$0] }, columns: order.map { columns[$0] },
            byteCount: byteCount)
    }

    func type(of name: String) -> FeatureType? { names.firstIndex(of: name).map { columns[$0].type } }
}

extension ArrowFailure {
    /// Whether the text that was read is to blame.
    var isAboutInput: Bool { status == CARROW_INVALID || status == CARROW_ROW_EXCEEDS_BLOCK }
    var isMemory: Bool { status == CARROW_OUT_OF_MEMORY }
}
