internal import CArrow

/// Writes a column value by value into Arrow's layout. Where no type is given, the first value that isn't null settles
/// it.
final class ColumnBuilder {
    let name: String
    private(set) var count = 0
    private let givenType: FeatureType?
    private let rows: ArrayBuilder
    private var handle: OpaquePointer?
    private var failed = false

    /// A piece is closed at this many rows, or at this many bytes or elements: 32-bit offsets must not overflow.
    private static let rowLimit = 1 << 16
    private static let sizeLimit = 1 << 28

    /// - Parameter type: the column's type, to which values are brought where they fit exactly: whole numbers to any
    ///   number type, class names to their numbers.
    init(name: String, type: FeatureType? = nil) {
        self.name = name
        givenType = type
        rows = ArrayBuilder(type: type)
    }

    deinit { if let handle { carrow_column_release(handle) } }

    /// - Throws: ``DatasetError/typeMismatch(column:row:location:found:wanted:)`` where the value doesn't fit what the
    ///   column holds already.
    func append(_ value: CellValue) throws {
        guard !failed else {
            throw DatasetError.storage(problem: "column '\(name)' took a value of another type before")
        }
        do {
            try rows.append(value)
        } catch let misfit as ArrayBuilder.Misfit {
            // A list or struct may have been written in part.
            failed = true
            throw DatasetError.typeMismatch(
                column: name, row: count, location: nil, found: misfit.found, wanted: misfit.wanted)
        } catch {
            failed = true
            throw error
        }
        count += 1
        // While all lists have been empty, the type of the elements may still come.
        if rows.count >= Self.rowLimit || rows.size >= Self.sizeLimit, rows.isSettled { try close() }
    }

    /// Appends text, of a column whose type was given as string.
    func append(utf8 text: UnsafeBufferPointer<UInt8>) throws {
        try rows.append(bytes: text)
        count += 1
        if rows.count >= Self.rowLimit || rows.size >= Self.sizeLimit { try close() }
    }

    /// The column, in pieces of bounded size.
    func finish() throws -> ArrowColumn {
        if rows.count > 0 { try close() }
        let column = try handle ?? create()
        handle = nil
        return ArrowColumn(adopting: column)
    }

    /// The type so far: as given, or as the values have settled it.
    var type: FeatureType { givenType ?? rows.type }

    private func create() throws -> OpaquePointer {
        let fields = ArrowFields(type)
        var created: OpaquePointer?
        do {
            try withUnsafePointer(to: fields.root) { root in
                try ArrowFailure.check { carrow_column_create(root, &created, $0) }
            }
        } catch let failure as ArrowFailure {
            throw failure.asDatasetError
        }
        guard let created else { throw DatasetError.storage(problem: "no column was made") }
        return created
    }

    /// Hands the piece written so far to Arrow.
    private func close() throws {
        let column = try handle ?? create()
        handle = column
        do {
            try rows.take { buffers in
                try withUnsafeMutablePointer(to: &buffers) { buffers in
                    try ArrowFailure.check { carrow_column_append(column, buffers, $0) }
                }
            }
        } catch let failure as ArrowFailure {
            throw failure.asDatasetError
        }
    }
}
