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

extension Dataset {
    fileprivate func from(_ file: SourceFile) -> Dataset {
        Dataset(table: TableStorage(columns: table.columns, rowCount: numRows, source: RowSource(.file(file))))
    }
}

/// Reads the blocks of a text file.
final class TextReader: BlockReader {
    /// Makes rows of a block; gets the types that the first block has shown, or nil for the first block itself.
    typealias Parse = (TextBlocks.Block, [String: FeatureType]?) throws -> Dataset

    private let blocks: TextBlocks
    private let path: String
    private let parse: Parse
    /// The types of the first block's columns, without those that it left open.
    private var types: [String: FeatureType]?
    private var names: [String] = []

    /// - Parameters:
    ///   - position: where to start; nil: at `start`.
    ///   - start: where the first row is; nil: at the file's beginning.
    init(
        path: String, records: TextBlocks.Records, at position: JSONValue?, from start: JSONValue? = nil,
        parse: @escaping Parse
    ) throws {
        self.path = path
        self.parse = parse
        func blocks(_ place: JSONValue?) throws -> TextBlocks {
            try TextBlocks(
                path: path, records: records, offset: try place?.number("offset") ?? 0,
                line: try place?.number("line") ?? 1)
        }
        let first = try blocks(start)
        guard let position, try position.number("offset") > first.offset else {
            self.blocks = first
            return
        }
        self.blocks = try blocks(position)
        // The types are those of the first block, wherever reading goes on.
        if let block = try first.next() { learn(try rows(of: block)) }
    }

    var position: JSONValue { ["offset": .int(blocks.offset), "line": .int(blocks.line)] }

    func next() throws -> Dataset? {
        while let block = try blocks.next() {
            // White space at the end of the file.
            if block.bytes.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
                if types == nil { throw DatasetError.noRows(path: path, problem: "the file holds empty lines only") }
                continue
            }
            let rows = try rows(of: block)
            if types == nil { learn(rows) } else { try check(rows, block) }
            return rows
        }
        if types == nil { throw DatasetError.noRows(path: path, problem: "the file is empty") }
        return nil
    }

    private func learn(_ rows: Dataset) {
        names = rows.columnNames
        types = [:]
        for feature in rows.features where feature.type != .null && feature.type != .list(.null) {
            types?[feature.name] = feature.type
        }
    }

    private func rows(of block: TextBlocks.Block) throws -> Dataset {
        do {
            return try parse(block, types)
        } catch DatasetError.malformed(let location, let column, let problem, let remedy) {
            throw DatasetError.malformed(
                location: SourceLocation(file: location.file, line: location.line.map { $0 + block.line - 1 }),
                column: column, problem: problem, remedy: remedy)
        }
    }

    private func check(_ rows: Dataset, _ block: TextBlocks.Block) throws {
        guard let new = rows.columnNames.first(where: { !names.contains($0) }) else { return }
        let row = rows.indices.first { !((try? rows[$0].cell(new).isNull) ?? true) } ?? 0
        throw DatasetError.malformed(
            location: rows.sourceLocation(ofRow: row) ?? SourceLocation(file: path, line: block.line), column: new,
            problem: "the first \(TextBlocks.usualSize >> 20) MiB of the file have no such column",
            remedy: "name it with its type in columnTypes")
    }
}
