import OrderedJSON

/// Records as a table whose columns only ever grow to the right; `step` and `epoch` come first.
struct CSVTable {
    private(set) var columns = ["step", "epoch"]
    private(set) var rows: [[String]] = []

    /// - Parameter columns: Those of a table that is written anew.
    init(columns: [String]? = nil) { self.columns = columns ?? self.columns }

    /// Adds a record.
    /// - Returns: Whether it brought new columns, so that the header has changed.
    mutating func add(_ record: JSONObject) -> Bool {
        let new = record.keys.filter { !columns.contains($0) }
        columns += new
        rows.append(columns.map { record[$0].map(Self.cell) ?? "" })
        return !new.isEmpty
    }

    /// The whole file: every row as long as the header.
    var text: String {
        ([columns] + rows).map { row in
            Self.line(row + [String](repeating: "", count: columns.count - row.count))
        }.joined()
    }

    /// The last row.
    var lastLine: String { rows.last.map(Self.line) ?? "" }

    private static func cell(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .double(let number): number.pythonDescription
        case .string(let text): text
        case .bool, .int, .array, .object: value.serialized()
        }
    }

    /// RFC 4180, with line feeds.
    private static func line(_ cells: [String]) -> String {
        cells.map { cell in
            let isPlain = cell.unicodeScalars.allSatisfy { !["\"", ",", "\n", "\r"].contains($0) }
            return isPlain ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
        }.joined(separator: ",") + "\n"
    }
}

extension CSVTable {
    /// Reads what ``text`` gave. Text that begins otherwise is none of it: nil.
    init?(parsing text: String) {
        var lines: [[String]] = [[]]
        var cell = String.UnicodeScalarView()
        var isQuoted = false
        var scalars = text.unicodeScalars.makeIterator()
        var next = scalars.next()
        while let scalar = next {
            next = scalars.next()
            switch scalar {
            case "\"" where isQuoted && next == "\"":
                cell.append(scalar)
                next = scalars.next()
            case "\"": isQuoted.toggle()
            case "," where !isQuoted, "\n" where !isQuoted:
                lines[lines.count - 1].append(String(cell))
                cell = String.UnicodeScalarView()
                if scalar == "\n" { lines.append([]) }
            default: cell.append(scalar)
            }
        }
        // A line that a break in writing cut off is not counted.
        lines.removeLast()
        guard let header = lines.first, header.starts(with: columns) else { return nil }
        columns = header
        rows = lines.dropFirst().filter { $0.count <= header.count }
    }
}
