internal import CArrow

/// A table as a reader of Arrow's gave it.
struct ArrowTable {
    let rowCount: Int
    let columns: [ArrowColumn]
}

extension ArrowTable {
    /// A table whose columns' types are not yet known to be ours.
    final class Unchecked {
        private let handle: OpaquePointer
        private let handles: [OpaquePointer]
        let names: [String]
        private var taken = false

        init(adopting handle: OpaquePointer) throws(ArrowFailure) {
            self.handle = handle
            var handles: [OpaquePointer] = []
            var names: [String] = []
            for index in 0..<carrow_table_column_count(handle) {
                var column: OpaquePointer?
                do {
                    try ArrowFailure.check { carrow_table_column(handle, index, &column, $0) }
                } catch {
                    for column in handles { carrow_column_release(column) }
                    carrow_table_release(handle)
                    throw error
                }
                if let column { handles.append(column) }
                names.append(String(cString: carrow_table_column_name(handle, index)))
            }
            self.handles = handles
            self.names = names
        }

        deinit {
            carrow_table_release(handle)
            if !taken { for column in handles { carrow_column_release(column) } }
        }

        var rowCount: Int { Int(carrow_table_row_count(handle)) }

        func type(_ place: Int) -> FeatureType? {
            FeatureType(carrow_column_type(handles[place]), element: carrow_column_element_type(handles[place]))
        }

        /// The columns that are no type of ours: name, whether text stands behind it (in lists, or not), Arrow's name.
        func unsupported(names: [String]) -> [(name: String, asText: FeatureType?, typeName: String)] {
            handles.indices.filter { type($0) == nil }.map { place in
                let column = handles[place]
                let asText: FeatureType? =
                    if carrow_column_type(column) == CARROW_TYPE_TEMPORAL {
                        .string
                    } else if carrow_column_element_type(column) == CARROW_TYPE_TEMPORAL {
                        .list(.string)
                    } else {
                        nil
                    }
                return (names[place], asText, String(cString: carrow_column_type_name(column)))
            }
        }

        /// The table, if all types are ours.
        func read() throws -> ArrowTable {
            let types = handles.indices.compactMap { type($0) }
            guard types.count == handles.count else { throw DatasetError.storage(problem: "unknown column types") }
            taken = true
            return ArrowTable(
                rowCount: rowCount, columns: zip(handles, types).map { ArrowColumn(adopting: $0, type: $1) })
        }
    }

    typealias Reading = (
        _ blockSize: Int32, _ result: UnsafeMutablePointer<OpaquePointer?>,
        _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    ) -> carrow_status

    /// Calls a reader, with larger blocks as long as a row is longer than one.
    static func retryingWithLargerBlocks(size: Int, _ read: Reading) throws(ArrowFailure) -> Unchecked {
        var block = 1 << 20
        while true {
            var table: OpaquePointer?
            do {
                try ArrowFailure.check { read(Int32(clamping: block), &table, $0) }
            } catch let failure
                where failure.status == CARROW_ROW_EXCEEDS_BLOCK && block < Int(Int32.max) && block < size
            {
                block *= 16
                continue
            }
            guard let table else { throw ArrowFailure(status: CARROW_FAILED, message: "no table was read") }
            return try Unchecked(adopting: table)
        }
    }
}

extension ArrowFailure {
    /// Whether the text that was read is to blame.
    var isAboutInput: Bool { status == CARROW_INVALID || status == CARROW_ROW_EXCEEDS_BLOCK }
    var isMemory: Bool { status == CARROW_OUT_OF_MEMORY }
}

/// Column names and types as C strings and structures.
enum ArrowFields {
    static func with<Result>(
        names: [String], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        // One block of memory holds all the names, each with its final zero.
        var starts: [Int] = []
        var text: [CChar] = []
        for name in names {
            starts.append(text.count)
            text += name.utf8.map { CChar(bitPattern: $0) } + [0]
        }
        return text.withUnsafeBufferPointer { text in
            let pointers: [UnsafePointer<CChar>?] = starts.map { start in text.baseAddress.map { $0 + start } }
            return pointers.withUnsafeBufferPointer(body)
        }
    }

    static func with<Result>(
        _ fields: [String: FeatureType], _ body: (UnsafeBufferPointer<carrow_field>) -> Result
    ) -> Result {
        let ordered = fields.sorted { $0.key < $1.key }
        return with(names: ordered.map(\.key)) { names in
            let fields = zip(names, ordered).map { name, field in
                carrow_field(name: name, type: field.value.arrowType, element: field.value.arrowElementType)
            }
            return fields.withUnsafeBufferPointer(body)
        }
    }
}
