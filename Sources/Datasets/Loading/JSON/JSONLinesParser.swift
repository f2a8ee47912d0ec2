/// Reads JSON Lines by Arrow's reader, and in case of trouble once more to say where it is.
struct JSONLinesParser: TextParser {
    private let options: JSONLinesOptions
    /// The keys of the file's first object, in order, which types asked for would change, and their types.
    private var first: ArrowTable?

    init(options: JSONLinesOptions) throws {
        self.options = options
        for (name, type) in options.columnTypes where type != type.storage {
            throw DatasetError.invalidArgument(
                name: "columnTypes",
                problem: "'\(name)' is read as a string or int64 first; castColumn makes it a class label")
        }
    }

    var fallsBackOnText: Bool { false }
    var hasVaryingColumns: Bool { true }
    var emptiness: String { "the file holds empty lines only" }
    var format: SourceFile.Format { .jsonLines }

    mutating func begin(_ window: TextWindow) throws -> Int {
        let line = JSONLinesText(window.bytes).firstLine
        try JSONLinesDiagnosis(text: line, file: window.file, firstLine: window.firstLine).checkValues()
        first = try? line.read([:], onThreads: false)
        return 0
    }

    func wholeRecords(in bytes: UnsafeBufferPointer<UInt8>) -> Int { (bytes.lastIndex(of: 0x0A) ?? -1) + 1 }

    func requestedTypes() throws -> [String: FeatureType] {
        var fields = options.columnTypes
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

    func table(_ window: TextWindow, types: [String: FeatureType]) throws -> ArrowTable? {
        let text = JSONLinesText(window.bytes)
        guard !text.bytes.isEmpty else { return nil }
        let diagnosis = JSONLinesDiagnosis(text: text, file: window.file, firstLine: window.firstLine)
        try diagnosis.checkValues()
        var types = types
        var names: [String] = []
        // What Arrow takes for time stamps is text to us: a second reading says so.
        for _ in 0..<2 {
            do {
                let table = try read(text, types)
                guard table.rowCount == text.lineCount else { throw diagnosis.explain(nil, fields: types) }
                guard !table.names.isEmpty else {
                    throw DatasetError.noRows(path: window.file, problem: "the objects are empty")
                }
                if names.isEmpty { names = order(table.names) }
                let dates = zip(table.names, table.columns).filter { name, column in
                    column.type.holdsTemporal && options.columnTypes[name] == nil
                }
                if dates.isEmpty {
                    try checkRequested(table)
                    return table.ordered(names)
                }
                for (name, column) in dates { types[name] = column.type.temporalAsString }
            } catch let failure as ArrowFailure {
                throw diagnosis.explain(failure, fields: types)
            }
        }
        throw DatasetError.storage(problem: "the types of \(window.file)'s columns can't be read")
    }

    /// The columns that are wanted. Once their types are known the others are not even looked at.
    private func read(_ text: JSONLinesText, _ types: [String: FeatureType]) throws(ArrowFailure) -> ArrowTable {
        guard let wanted = options.columns else { return try text.read(types) }
        let known = types.filter { wanted.contains($0.key) }
        let table = try text.read(known, onlyThese: known.count == wanted.count)
        return table.ordered(table.names.filter(wanted.contains))
    }

    /// Arrow makes a column of nulls of a name that the file lacks.
    private func checkRequested(_ table: ArrowTable) throws {
        for name in options.columnTypes.keys where first?.names.contains(name) == false {
            if let place = table.names.firstIndex(of: name), table.columns[place].nullCount == table.rowCount {
                throw DatasetError.unknownColumn(name: name, available: table.names.filter { $0 != name })
            }
        }
    }

    /// The first object's keys in its order, then the others.
    private func order(_ names: [String]) -> [String] {
        let known = (first?.names ?? []).filter(names.contains)
        return known + names.filter { !known.contains($0) }
    }

    func finished(_ table: ArrowTable, _ window: TextWindow) throws -> ArrowTable {
        guard table.names.contains(where: { options.stringColumns.contains($0) && table.type(of: $0) != .string })
        else { return table }
        return ArrowTable(
            rowCount: table.rowCount, names: table.names,
            columns: try zip(table.names, table.columns).map { try finished($0, $1, window) })
    }

    /// The column, as text where it was named so.
    private func finished(_ name: String, _ column: ArrowColumn, _ window: TextWindow) throws -> ArrowColumn {
        guard options.stringColumns.contains(name), column.type != .string else { return column }
        let builder = ColumnBuilder(name: name, type: .string)
        for row in 0..<column.count {
            let (chunk, index) = column.locate(row)
            switch chunk.cellValue(index, type: column.type) {
            case .null: try builder.append(.null)
            case .int(let value): try builder.append(.string("\(value)"))
            case .double(let value): try builder.append(.string("\(value)"))
            case .bool(let value): try builder.append(.string("\(value)"))
            default:
                throw DatasetError.malformed(
                    location: SourceLocation(file: window.file, line: window.firstLine.map { $0 + row }), column: name,
                    problem: "\(column.type) where a string is wanted", remedy: "give one string a row")
            }
        }
        return try builder.finish()
    }
}

extension FeatureType {
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
