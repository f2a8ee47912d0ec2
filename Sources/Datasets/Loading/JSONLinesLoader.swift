/// Reads one JSON Lines file by Arrow's reader, and in case of trouble once more to say where it is.
struct JSONLinesLoader {
    private let file: FileBytes
    private let options: JSONLinesOptions

    /// Whether a column whose type is asked for must be there.
    private let needsTypedColumns: Bool

    init(path: String, options: JSONLinesOptions) throws {
        self.init(file: try FileBytes(path: path), options: options)
    }

    init(file: FileBytes, options: JSONLinesOptions, needsTypedColumns: Bool = true) {
        self.file = file
        self.options = options
        self.needsTypedColumns = needsTypedColumns
    }

    func load() throws -> Dataset {
        try file.withText { bytes in
            try file.checkText(bytes)
            let text = JSONLinesText(bytes)
            guard !text.bytes.isEmpty else {
                throw DatasetError.noRows(path: file.path, problem: "the file holds empty lines only")
            }
            let diagnosis = JSONLinesDiagnosis(text: text, file: file.path)
            try diagnosis.checkNesting()
            // The first object shows the columns' order, which types asked for would change.
            let first = try? text.firstLine.read([:], onThreads: false)
            let (names, table) = try read(text, fields: try requestedTypes(first), diagnosis: diagnosis)
            let order = first?.names ?? []
            let columns = try zip(names, table.columns)
                .map { try finished(Column(name: $0, array: $1)) }
                .enumerated()
                .sorted { left, right in
                    let places = [left, right].map { order.firstIndex(of: $0.element.name) ?? order.count }
                    return (places[0], left.offset) < (places[1], right.offset)
                }
                .map(\.element)
            for name in options.columnTypes.keys where needsTypedColumns && first?.names.contains(name) == false {
                // Arrow makes a column of nulls of it.
                if let made = columns.first(where: { $0.name == name }), made.array.nullCount == table.rowCount {
                    throw DatasetError.unknownColumn(name: name, available: columns.map(\.name).filter { $0 != name })
                }
            }
            let source = SourceFile(
                path: file.path, isRegular: file.isRegular, rowCount: table.rowCount, format: .jsonLines)
            return Dataset(
                table: TableStorage(
                    columns: columns, rowCount: table.rowCount, source: RowSource(files: [source])))
        }
    }

    private func read(
        _ text: JSONLinesText, fields: [String: FeatureType], diagnosis: JSONLinesDiagnosis
    ) throws -> (names: [String], table: ArrowTable) {
        var fields = fields
        // What Arrow takes for time stamps is text to us: a second reading says so.
        for _ in 0..<2 {
            do {
                let table = try text.read(fields)
                guard table.rowCount == text.lineCount else {
                    throw diagnosis.explain(nil, fields: fields)
                }
                guard !table.names.isEmpty else {
                    throw DatasetError.noRows(path: file.path, problem: "the objects are empty")
                }
                let dates = zip(table.names, table.columns).filter { $0.1.type.holdsTemporal }
                if dates.isEmpty { return (table.names, table) }
                for (name, column) in dates { fields[name] = column.type.temporalAsString }
            } catch let failure as ArrowFailure {
                throw diagnosis.explain(failure, fields: fields)
            }
        }
        throw DatasetError.storage(problem: "the types of \(file.path)'s columns can't be read")
    }

    private func requestedTypes(_ first: ArrowTable?) throws -> [String: FeatureType] {
        var fields: [String: FeatureType] = [:]
        for (name, type) in options.columnTypes {
            if case .classLabel = type.elementOrSelf {
                throw DatasetError.invalidArgument(
                    name: "columnTypes",
                    problem: "'\(name)' is read as a string or int64 first; castColumn makes it a class label")
            }
            fields[name] = type
        }
        for name in options.stringColumns {
            guard let first, first.names.contains(name) else { continue }
            switch first.type(of: name) {
            // Numbers can't be read as strings; `finished` turns them into text.
            case .int64?, .float64?, .bool?, .list?, .structure?: break
            default: fields[name] = .string
            }
        }
        return fields
    }

    /// The column, as text where it was named so.
    private func finished(_ column: Column) throws -> Column {
        guard options.stringColumns.contains(column.name), column.type != .string else { return column }
        let source = TableStorage(columns: [column], rowCount: column.array.count, source: nil)
        let builder = ColumnBuilder(name: column.name)
        for row in 0..<source.rowCount {
            let cell = Cell(table: source, column: column, row: row)
            switch cell.value {
            case .null: try builder.append(.null)
            case .int(let value): try builder.append(.string("\(value)"))
            case .double(let value): try builder.append(.string("\(value)"))
            case .bool(let value): try builder.append(.string("\(value)"))
            default:
                throw DatasetError.malformed(
                    location: SourceLocation(file: file.path, line: row + 1), column: column.name,
                    problem: "\(column.type) where a string is wanted", remedy: "give one string a row")
            }
        }
        return Column(name: column.name, array: try builder.finish())
    }
}

extension FeatureType {
    fileprivate var elementOrSelf: FeatureType { element ?? self }

    /// Whether dates or times are anywhere in the type.
    var holdsTemporal: Bool { self != temporalAsString }

    /// The type with text in the place of dates and times.
    var temporalAsString: FeatureType {
        switch self {
        case .list(let element): .list(element.temporalAsString)
        case .structure(let fields):
            .structure(Features(fields.map { .init(name: $0.name, type: $0.type.temporalAsString) }))
        default: isTemporal ? .string : self
        }
    }
}
