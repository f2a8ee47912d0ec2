internal import Foundation
internal import OrderedJSON

/// A JSON Lines file, block by block. The first block settles the columns' types.
struct JSONLinesSource: BlockSource {
    let path: String
    let options: JSONLinesOptions

    func open(at position: JSONValue?) throws -> any BlockReader {
        try TextReader(path: path, records: .lines, at: position) { block, types in
            var options = options
            for (name, type) in types ?? [:] where !options.stringColumns.contains(name) {
                options.columnTypes[name] = type
            }
            let loader = JSONLinesLoader(
                file: FileBytes(path: path, part: block.bytes), options: options, needsTypedColumns: false)
            let rows = try loader.load()
            // White space at a block's end is overlooked, which is right at the end of the file alone.
            if !block.isLast, rows.numRows != block.bytes.count(where: { $0 == 0x0A }) {
                throw DatasetError.malformed(
                    location: SourceLocation(file: path, line: rows.numRows + 1), column: nil,
                    problem: "the line is empty", remedy: "remove it: each line holds one object")
            }
            let source = SourceFile(
                path: path, isRegular: true, rowCount: rows.numRows, format: .lines(from: block.line))
            return rows.from(source)
        }
    }
}

/// A file of lines, each a row of the column `text`.
struct LinesSource: BlockSource {
    let path: String

    func open(at position: JSONValue?) throws -> any BlockReader {
        try TextReader(path: path, records: .lines, at: position) { block, _ in
            let file = FileBytes(path: path, part: block.bytes)
            return try file.withText { text in
                try file.checkText(text)
                let builder = ColumnBuilder(name: "text", type: .string)
                var lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
                if text.last == 0x0A { lines.removeLast() }
                for line in lines {
                    try builder.append(.string(String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)))
                }
                let column = Column(name: "text", array: try builder.finish())
                let source = SourceFile(
                    path: path, isRegular: true, rowCount: lines.count, format: .lines(from: block.line))
                return Dataset(
                    table: TableStorage(columns: [column], rowCount: lines.count, source: RowSource(.file(source))))
            }
        }
    }
}

/// A delimited file, block by block. The first block settles the columns' types.
struct DelimitedSource: BlockSource {
    let path: String
    let options: DelimitedOptions

    func open(at position: JSONValue?) throws -> any BlockReader {
        let delimiter = try options.checkedDelimiter()
        let (header, textStart) = try header(delimiter)
        let start: JSONValue = ["offset": .int(header.end), "line": .int(header.nextLine)]
        return try TextReader(
            path: path, records: .delimited(delimiter: delimiter, quoting: options.quoting), at: position, from: start
        ) { block, types in
            var options = options
            options.columnNames = header.names
            for (name, type) in types ?? [:] where !options.stringColumns.contains(name) {
                options.columnTypes[name] = type
            }
            let rows = try DelimitedLoader(file: FileBytes(path: path, part: block.bytes), options: options).load()
            let layout = DelimitedLayout(
                delimiter: delimiter, quoting: options.quoting, names: header.names,
                start: block.offset - textStart, firstLine: block.line,
                hasHeader: self.options.columnNames == nil)
            return rows.from(
                SourceFile(path: path, isRegular: true, rowCount: rows.numRows, format: .delimited(layout)))
        }
    }

    /// How the whole file is laid out.
    func layout() throws -> DelimitedLayout {
        let delimiter = try options.checkedDelimiter()
        let (header, textStart) = try header(delimiter)
        return DelimitedLayout(
            delimiter: delimiter, quoting: options.quoting, names: header.names, start: header.end - textStart,
            firstLine: header.nextLine, hasHeader: options.columnNames == nil)
    }

    /// The names of the columns, where the first row starts, and where the text starts: behind a byte-order mark.
    private func header(_ delimiter: UInt8) throws -> (DelimitedHeader, textStart: Int) {
        let blocks = try TextBlocks(path: path, records: .delimited(delimiter: delimiter, quoting: options.quoting))
        guard let block = try blocks.next() else {
            throw DatasetError.noRows(path: path, problem: "the file is empty")
        }
        let file = FileBytes(path: path, part: block.bytes)
        return try file.withText { text in
            try file.checkText(text)
            let header = try DelimitedHeader(text, file: path, delimiter: delimiter, options: options)
            return (header.moved(by: block.offset), block.offset)
        }
    }
}

extension DelimitedHeader {
    fileprivate func moved(by offset: Int) -> DelimitedHeader {
        DelimitedHeader(names: names, end: end + offset, nextLine: nextLine)
    }
}
