/// What a delimited file's columns are called.
struct DelimitedHeader {
    let names: [String]
    /// Where the first row starts.
    let end: Int
    /// The physical line it starts on.
    let nextLine: Int

    init(names: [String], end: Int, nextLine: Int) {
        self.names = names
        self.end = end
        self.nextLine = nextLine
    }

    /// - Throws: ``DatasetError`` where the header is malformed or names a column twice.
    init(
        _ text: UnsafeBufferPointer<UInt8>, file: String, delimiter: UInt8, options: DelimitedOptions
    ) throws {
        var scanner = DelimitedScanner(text, delimiter: delimiter, quoting: options.quoting)
        if let given = options.columnNames {
            guard !given.isEmpty else {
                throw DatasetError.invalidArgument(name: "columnNames", problem: "no column is named")
            }
            (names, end, nextLine) = (given, 0, 1)
        } else {
            let record: DelimitedScanner.Record?
            do {
                record = try scanner.next(collectingFields: true)
            } catch {
                throw error.described(file: file, names: [])
            }
            guard record != nil else {
                throw DatasetError.noRows(path: file, problem: "the file holds empty lines only")
            }
            names = scanner.fields.enumerated().map { place, field in
                let name = scanner.string(field)
                // As pandas calls the unnamed column that its own `to_csv` writes.
                return name.isEmpty ? "Unnamed: \(place)" : name
            }
            (end, nextLine) = (scanner.position, scanner.line)
        }
        var seen: Set<String> = []
        if let twice = names.first(where: { !seen.insert($0).inserted }) {
            throw DatasetError.duplicateColumn(name: Excerpt.of(twice), file: file)
        }
    }
}

/// How the rows of one delimited file lie in it.
struct DelimitedLayout: Sendable {
    let delimiter: UInt8
    let quoting: Bool
    let names: [String]
    /// Where the first row starts, after a byte-order mark, and on which physical line.
    let start: Int
    let firstLine: Int
    let hasHeader: Bool

    /// The same for rows that lie at the beginning of a window.
    func starting(onLine line: Int) -> DelimitedLayout {
        DelimitedLayout(
            delimiter: delimiter, quoting: quoting, names: names, start: 0, firstLine: line, hasHeader: hasHeader)
    }
}
