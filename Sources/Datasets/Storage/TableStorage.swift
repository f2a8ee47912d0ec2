/// A column of a data set: an Arrow column, shared with other data sets, and what of it is shown.
struct Column: Sendable {
    let name: String
    let type: FeatureType
    let array: ArrowColumn
    let selection: RowSelection?

    init(name: String, type: FeatureType? = nil, array: ArrowColumn, selection: RowSelection? = nil) {
        self.name = name
        self.type = type ?? array.type
        self.array = array
        self.selection = selection
    }

    /// Where the data set's row `row` is stored.
    func locate(_ row: Int) -> (chunk: ColumnChunk, index: Int) {
        array.locate(selection?[row] ?? row)
    }

    func renamed(_ name: String) -> Column { Column(name: name, type: type, array: array, selection: selection) }
    func typed(_ type: FeatureType) -> Column { Column(name: name, type: type, array: array, selection: selection) }
}

/// What a `Dataset` refers to: columns of one length, none named twice.
final class TableStorage: Sendable {
    let columns: [Column]
    let rowCount: Int
    let source: RowSource?
    private let places: [String: Int]

    init(columns: [Column], rowCount: Int, source: RowSource?) {
        self.columns = columns
        self.rowCount = rowCount
        self.source = source
        places = Dictionary(
            columns.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    func place(of name: String) -> Int? { places[name] }

    /// - Throws: ``DatasetError/unknownColumn(name:available:)``
    func requirePlace(of name: String) throws -> Int {
        guard let place = places[name] else {
            throw DatasetError.unknownColumn(name: name, available: columns.map(\.name))
        }
        return place
    }

    func with(columns: [Column]) -> TableStorage {
        TableStorage(columns: columns, rowCount: rowCount, source: source)
    }

    /// The rows `choose` picks, for each distinct selection once.
    func selecting(rowCount: Int, _ choose: (RowSelection?) -> RowSelection) -> TableStorage {
        var composed: [ObjectIdentifier?: RowSelection] = [:]
        func compose(_ selection: RowSelection?) -> RowSelection {
            let key = selection.map { ObjectIdentifier($0) }
            if let known = composed[key] { return known }
            let new = choose(selection)
            composed[key] = new
            return new
        }
        let chosen = columns.map {
            Column(name: $0.name, type: $0.type, array: $0.array, selection: compose($0.selection))
        }
        return TableStorage(
            columns: chosen, rowCount: rowCount,
            source: source.map { RowSource($0.origin, selection: compose($0.selection)) })
    }
}
