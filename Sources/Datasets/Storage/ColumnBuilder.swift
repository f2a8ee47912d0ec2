internal import CArrow

/// Writes a column value by value into Arrow's layout. The first value that isn't null settles the type.
final class ColumnBuilder {
    let name: String
    private(set) var count = 0
    /// nil while only nulls have come; `.list(.null)` while only empty lists have.
    private var type: FeatureType?
    private var rows = FlatBuilder()
    private var elements = FlatBuilder()
    private var handle: OpaquePointer?

    /// A piece is closed at this many rows, or at this many bytes or elements: 32-bit offsets must not overflow.
    private static let rowLimit = 1 << 16
    private static let sizeLimit = 1 << 28

    /// - Parameter type: what the column holds; nil: the first value that isn't null decides.
    init(name: String, type: FeatureType? = nil) {
        self.name = name
        self.type = type?.storage
    }

    deinit { if let handle { carrow_column_release(handle) } }

    /// - Throws: ``DatasetError/typeMismatch(column:row:location:found:wanted:)`` where the value doesn't fit what the
    ///   column holds already.
    func append(_ value: CellValue) throws {
        switch value {
        case .null: appendNull()
        case .bool(let value) where settle(.bool): rows.append(value)
        case .int(let value) where type == .float64: rows.append(fixed: Double(value))
        case .int(let value) where settle(.int64): rows.append(fixed: value)
        case .double(let value) where settle(.float64): rows.append(fixed: value)
        case .string(let value) where settle(.string): rows.append(value)
        case .ints(let values) where settle(values, .int64):
            values.withUnsafeBytes { elements.append(fixedList: $0, count: values.count) }
            closeList()
        case .int32s(let values) where settle(values, .int32):
            values.withUnsafeBytes { elements.append(fixedList: $0, count: values.count) }
            closeList()
        case .doubles(let values) where settle(values, .float64):
            values.withUnsafeBytes { elements.append(fixedList: $0, count: values.count) }
            closeList()
        case .strings(let values) where settle(values, .string):
            for value in values { elements.append(value) }
            closeList()
        case .list(let values): try append(list: values)
        default:
            throw mismatch(value)
        }
        count += 1
        // While all lists have been empty, the type of the elements may still come.
        guard type != nil, elementType != .null else { return }
        if rows.count >= Self.rowLimit || rows.size >= Self.sizeLimit || elements.size >= Self.sizeLimit {
            try close()
        }
    }

    func finish() throws -> ArrowColumn {
        let type = type ?? .null
        if rows.count > 0 { try close() }
        let column = try handle ?? create(type)
        handle = nil
        return ArrowColumn(adopting: column, type: type)
    }

    private func appendNull() {
        switch type {
        case nil, .null?: rows.appendNull(as: .null)
        case .list?:
            rows.appendNull(as: .list(.null))
            rows.closeList(at: elements.count)
        case let type?: rows.appendNull(as: type)
        }
    }

    private func closeList() {
        rows.markValid()
        rows.closeList(at: elements.count)
    }

    private func append(list values: [CellValue]) throws {
        guard let first = values.first(where: { $0 != .null }) else {
            guard settle([] as [CellValue], .null) else { throw mismatch(.list(values)) }
            for _ in values { elements.appendNull(as: elementType ?? .null) }
            return closeList()
        }
        let isDouble = values.contains { if case .double = $0 { true } else { false } }
        let element: FeatureType? =
            switch first {
            case .bool: .bool
            case .int: isDouble || elementType == .float64 ? .float64 : elementType == .int32 ? .int32 : .int64
            case .double: .float64
            case .string: .string
            default: nil
            }
        guard let element, settle(values, element) else { throw mismatch(.list(values)) }
        for value in values {
            switch value {
            case .null: elements.appendNull(as: element)
            case .bool(let value) where element == .bool: elements.append(value)
            case .int(let value) where element == .float64: elements.append(fixed: Double(value))
            case .int(let value) where element == .int32: elements.append(fixed: Int32(truncatingIfNeeded: value))
            case .int(let value) where element == .int64: elements.append(fixed: value)
            case .double(let value) where element == .float64: elements.append(fixed: value)
            case .string(let value) where element == .string: elements.append(value)
            default: throw mismatch(.list(values))
            }
        }
        closeList()
    }

    private var elementType: FeatureType? { if case .list(let element)? = type { element } else { nil } }

    /// Whether a value of `wanted` may follow; the first one decides the type, and gives the nulls before it a shape.
    private func settle(_ wanted: FeatureType) -> Bool {
        if type == nil {
            type = wanted
            rows.shapeNulls(as: wanted)
        }
        return type == wanted
    }

    private func settle<Value>(_ list: [Value], _ element: FeatureType) -> Bool {
        if type == nil {
            type = .list(.null)
            rows.shapeNulls(as: .list(.null))
        }
        guard case .list(let known)? = type else { return false }
        // An empty list fits any list column.
        if list.isEmpty || known == element { return true }
        guard known == .null else { return false }
        type = .list(element)
        elements.shapeNulls(as: element)
        return true
    }

    private func mismatch(_ value: CellValue) -> DatasetError {
        .typeMismatch(
            column: name, row: count, location: nil, found: value.typeName, wanted: type?.description ?? "one type")
    }

    private func create(_ type: FeatureType) throws -> OpaquePointer {
        var created: OpaquePointer?
        do {
            try ArrowFailure.check { carrow_column_create(type.arrowType, type.arrowElementType, &created, $0) }
        } catch {
            throw error.asDatasetError
        }
        guard let created else { throw DatasetError.storage(problem: "no column was made") }
        return created
    }

    /// Hands the piece written so far to Arrow.
    private func close() throws {
        let column = try handle ?? create(type ?? .null)
        handle = column
        let rowBuffers = rows.take(as: type ?? .null)
        let elementBuffers = elements.take(as: elementType ?? .null)
        do {
            try ArrowFailure.check { carrow_column_append(column, rowBuffers, elementBuffers, $0) }
        } catch {
            throw error.asDatasetError
        }
    }
}
