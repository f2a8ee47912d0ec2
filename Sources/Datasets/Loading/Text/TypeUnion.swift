/// The columns' types that hold for all parts of a data set that is read piece by piece.
struct TypeUnion {
    private(set) var names: [String] = []
    private(set) var types: [String: FeatureType] = [:]

    /// Takes in a table's columns.
    /// - Returns: whether the types changed.
    /// - Throws: ``DatasetError/typeMismatch(column:row:location:found:wanted:)`` where no type holds both.
    mutating func merge(_ table: ArrowTable, fallsBackOnText: Bool) throws -> Bool {
        var changed = false
        for (name, column) in zip(table.names, table.columns) {
            guard let known = types[name] else {
                names.append(name)
                types[name] = column.type
                changed = true
                continue
            }
            guard let both = known.union(column.type) ?? (fallsBackOnText ? .string : nil) else {
                throw DatasetError.typeMismatch(
                    column: name, row: nil, location: nil, found: "\(column.type)", wanted: "\(known)")
            }
            if both != known {
                types[name] = both
                changed = true
            }
        }
        return changed
    }

    /// Whether the table has exactly these columns, in any order.
    func isSame(as table: ArrowTable) -> Bool {
        table.names.count == names.count && zip(table.names, table.columns).allSatisfy { types[$0] == $1.type }
    }

    /// - Throws: ``DatasetError`` where a file's columns are others than those of the files before.
    func requireColumns(_ found: [String], file: String) throws {
        guard Set(found) != Set(names) else { return }
        throw DatasetError.malformed(
            location: SourceLocation(file: file, line: nil), column: nil,
            problem:
                "the columns are \(Excerpt.of(found.joined(separator: ", "), limit: 200)) where the files before have "
                + Excerpt.of(names.joined(separator: ", "), limit: 200), remedy: "give files of the same columns")
    }
}

extension FeatureType {
    /// The narrowest type that holds the values of both; nil where there is none.
    func union(_ other: FeatureType) -> FeatureType? {
        if self == other { return self }
        switch (self, other) {
        case (.null, _): return other
        case (_, .null): return self
        case (.int64, .float64), (.float64, .int64): return .float64
        case (.list(let element), .list(let another)): return element.union(another).map { .list($0) }
        case (.structure(let fields), .structure(let others)):
            var united: [Features.Feature] = []
            for field in fields {
                guard let type = others[field.name].map({ field.type.union($0) }) ?? field.type else { return nil }
                united.append(.init(name: field.name, type: type))
            }
            return .structure(Features(united + others.filter { fields[$0.name] == nil }))
        default: return nil
        }
    }
}
