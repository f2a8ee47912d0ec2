internal import CArrow

/// Writes rows to an Arrow file, piece by piece, in the layout of Python's `datasets` cache: an Arrow IPC stream whose
/// schema carries the features. Memory in use doesn't grow with the file.
///
/// The file is whole only after ``close()``; write to a temporary name and rename it then.
public final class ArrowFileWriter {
    /// The file's path.
    public let path: String
    /// The columns of the file.
    public let features: Features
    /// The rows written so far.
    public private(set) var numRows = 0
    private let handle: OpaquePointer
    private let content: ContentHash?

    /// Rows a batch, for those that are read again one by one or at random.
    static let batchRows = 1 << 14

    /// Creates the file, or empties it where it exists.
    /// - Parameters:
    ///   - path: of the file; its folder must exist.
    ///   - features: names and types of the columns that the appended data sets must have.
    /// - Throws: ``DatasetError/unwritableFile(path:problem:)``
    public convenience init(path: String, features: Features) throws {
        try self.init(path: path, features: features, format: .stream)
    }

    /// What kinds of file there are.
    enum Format {
        case stream
        case parquet(compression: String)
    }

    /// - Parameter hashing: whether the file's content is hashed while it is written.
    init(path: String, features: Features, format: Format, hashing: Bool = false) throws {
        let content = hashing ? ContentHash() : nil
        let context = content.map { Unmanaged.passUnretained($0).toOpaque() }
        let fields = ArrowFields(features)
        let metadata = features.schemaMetadata
        var made: OpaquePointer?
        do {
            try withUnsafePointer(to: fields.root) { root in
                try ArrowFailure.check { message in
                    switch format {
                    case .stream:
                        carrow_writer_create(
                            path, CARROW_FORMAT_STREAM, root, metadata, nil, content == nil ? nil : observe, context,
                            &made, message)
                    case .parquet(let compression):
                        carrow_writer_create(
                            path, CARROW_FORMAT_PARQUET, root, metadata, compression,
                            content == nil ? nil : observe, context, &made, message)
                    }
                }
            }
        } catch let failure as ArrowFailure {
            throw failure.writing(path)
        }
        guard let made else { throw DatasetError.storage(problem: "\(path) was not made") }
        handle = made
        self.content = content
        self.path = path
        self.features = features
    }

    // The handle still writes, and shows what, while it is released.
    deinit { withExtendedLifetime(content) { carrow_writer_release(handle) } }

    /// The hash of what was written, which is that of the whole file once it is closed.
    /// - Throws: ``DatasetError/storage(problem:)`` where it wasn't asked for.
    var fingerprint: Fingerprint {
        get throws {
            guard let content else { throw DatasetError.storage(problem: "\(path) was not hashed") }
            return Fingerprint(hash: content.hash.value)
        }
    }

    /// Appends the rows of a data set whose columns are those of ``features``, in any order. A column of nothing but
    /// nulls fits any type.
    /// - Throws: ``DatasetError``
    public func append(_ rows: Dataset) throws { try append(rows, batchRows: Self.batchRows) }

    func append(_ rows: Dataset, batchRows: Int) throws {
        let columns = try features.map { feature in
            let column = rows.table.columns[try rows.table.requirePlace(of: feature.name)]
            guard column.array.type == feature.type.storage || column.array.type == .null else {
                throw DatasetError.typeMismatch(
                    column: feature.name, row: nil, location: nil, found: "\(column.type)", wanted: "\(feature.type)")
            }
            return column
        }
        guard columns.count == rows.numColumns else {
            let extra = rows.columnNames.first { features[$0] == nil } ?? ""
            throw DatasetError.invalidArgument(name: "column '\(extra)'", problem: "is not among the file's columns")
        }
        // Rows that are shown in an order of their own are gathered a batch at a time.
        for start in stride(from: 0, to: rows.numRows, by: Self.gatheredRows) {
            let range = start..<min(start + Self.gatheredRows, rows.numRows)
            try append(columns, range, batchRows: batchRows)
        }
    }

    private static let gatheredRows = 1 << 16

    private func append(_ columns: [Column], _ range: Range<Int>, batchRows: Int) throws {
        do {
            var arrays: [ArrowColumn] = []
            for (column, feature) in zip(columns, features) {
                arrays.append(try column.stored(range, as: feature.type))
            }
            try ArrowColumn.withHandles(arrays) { handles in
                try ArrowFailure.check {
                    carrow_writer_append(
                        handle, handles, Int32(arrays.count), Int64(range.count), Int64(batchRows), $0)
                }
            }
        } catch let failure as ArrowFailure {
            throw failure.writing(path)
        }
        numRows += range.count
    }

    /// Writes the end of the file, and waits until it is on the disk.
    /// - Throws: ``DatasetError/unwritableFile(path:problem:)``
    public func close() throws {
        do {
            try ArrowFailure.check { carrow_writer_close(handle, $0) }
        } catch {
            throw error.writing(path)
        }
    }
}

/// What a file's bytes hash to so far.
private final class ContentHash {
    var hash = XXHash64()
}

private func observe(_ context: UnsafeMutableRawPointer?, _ bytes: UnsafeRawPointer?, _ size: Int64) {
    guard let context else { return }
    Unmanaged<ContentHash>.fromOpaque(context).takeUnretainedValue().hash
        .update(UnsafeRawBufferPointer(start: bytes, count: Int(size)))
}

extension Column {
    /// The rows of `range`, as they lie or gathered, with nulls of `type` where the column has no type.
    func stored(_ range: Range<Int>, as type: FeatureType) throws(ArrowFailure) -> ArrowColumn {
        let rows: ArrowColumn =
            if let start = selection?.start(of: range) {
                try array.slice(start..<start + range.count)
            } else if let selection {
                try array.gathering(range.map { selection[$0] })
            } else {
                try array.slice(range)
            }
        return try rows.type == .null ? rows.cast(to: type) : rows
    }
}
