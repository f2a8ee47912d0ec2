internal import Foundation
internal import OrderedJSON

/// A text file, window by window, plain or compressed. The first window settles the columns' types.
struct TextSource<Parser: TextParser>: BlockSource {
    let path: String
    /// Types that are asked for, of columns that may come late.
    var types: [String: FeatureType] = [:]
    /// Bytes that are read at once, or more where a row is longer.
    var windowSize = RecordBytes.usualSize
    /// What is read in the place of the file's bytes; nil: those.
    var converted: @Sendable () throws -> (any ByteSource)? = { nil }
    let makeParser: @Sendable () throws -> Parser

    func open(at position: JSONValue?) throws -> any BlockReader {
        let reader = try TextReader(self)
        if let position { try reader.goOn(at: try position.number("offset"), line: try position.number("line")) }
        return reader
    }
}

/// Reads the windows of a text file one after the other.
private final class TextReader<Parser: TextParser>: BlockReader {
    private let source: TextSource<Parser>
    private let path: String
    private var parser: Parser
    private var bytes: RecordBytes
    /// Known types: those asked for, then those of the first window.
    private var types: [String: FeatureType]
    private var names: [String]?
    private var line = 1
    private var hasBegun = false
    /// Whether places in the text are places in the file.
    private let hasLines: Bool

    init(_ source: TextSource<Parser>) throws {
        self.source = source
        path = source.path
        parser = try source.makeParser()
        types = source.types
        let converted = try source.converted()
        hasLines = converted == nil
        bytes = try RecordBytes(path: path, stream: converted, size: source.windowSize)
    }

    var position: JSONValue { ["offset": .int(hasBegun ? bytes.offset : 0), "line": .int(line)] }

    func next() throws -> Dataset? {
        try begin()
        while let size = try bytes.fill(parser.wholeRecords) {
            let offset = bytes.offset
            let read = try bytes.withNext(size) { text -> Dataset? in
                try rows(of: TextWindow(file: path, bytes: text, firstLine: line), offset)
            }
            line += bytes.take(size)
            if let read { return read }
        }
        if names == nil { throw DatasetError.noRows(path: path, problem: parser.emptiness) }
        return nil
    }

    /// Continues at a window that this reader, or another of the file, was at.
    func goOn(at offset: Int, line: Int) throws {
        guard offset > 0 else { return }
        // The types are those of the first window, wherever reading goes on.
        _ = try next()
        if offset >= bytes.offset {
            try bytes.skip(to: offset)
            self.line = line
        } else {
            bytes = try RecordBytes(path: path, stream: source.converted(), size: source.windowSize)
            (self.line, hasBegun) = (1, false)
        }
    }

    /// Reads what stands before the rows.
    private func begin() throws {
        guard !hasBegun else { return }
        guard try bytes.fill(parser.wholeRecords) != nil else {
            throw DatasetError.noRows(path: path, problem: "the file is empty")
        }
        bytes.dropByteOrderMark()
        let size = try bytes.withAll { text in
            let window = TextWindow(file: path, bytes: text, firstLine: 1)
            let whole = bytes.isAtEnd ? text.count : parser.wholeRecords(in: text)
            try TextLines.check(
                TextWindow(file: path, bytes: UnsafeBufferPointer(rebasing: text[..<whole]), firstLine: 1))
            return try parser.begin(window)
        }
        line += bytes.take(size)
        hasBegun = true
    }

    private func rows(of window: TextWindow, _ offset: Int) throws -> Dataset? {
        try TextLines.check(window)
        let wanted = try parser.requestedTypes().merging(types) { requested, _ in requested }
        guard let read = try parser.table(window, types: wanted) else { return nil }
        // Before the last touch: a column of numbers that becomes text is read as numbers in every window.
        try settle(read, window)
        let table = try parser.finished(read, window)
        let source = SourceFile(
            path: path, isRegular: true, rowCount: table.rowCount,
            format: hasLines ? format(of: window, at: offset) : .binary)
        return try Dataset(parts: [table], features: table.features, files: [source])
    }

    /// Where the window's rows are.
    private func format(of window: TextWindow, at offset: Int) -> SourceFile.Format {
        switch parser.format {
        case .jsonLines, .text: .lines(from: window.firstLine ?? 1)
        case .delimited(let layout):
            .delimited(
                DelimitedLayout(
                    delimiter: layout.delimiter, quoting: layout.quoting, names: layout.names,
                    start: offset - bytes.markSize, firstLine: window.firstLine ?? 1, hasHeader: layout.hasHeader))
        default: .binary
        }
    }

    private func settle(_ table: ArrowTable, _ window: TextWindow) throws {
        guard let names else {
            names = table.names
            for (name, type) in zip(table.names, table.columns.map(\.type)) where type != .null && type.element != .null
            {
                types[name] = type
            }
            return
        }
        guard let new = table.names.first(where: { !names.contains($0) }) else { return }
        let column = table.columns[table.names.firstIndex(of: new) ?? 0]
        let row = (0..<column.count).first { row in
            let (chunk, index) = column.locate(row)
            return !chunk.isNull(index)
        }
        throw DatasetError.malformed(
            location: SourceLocation(file: path, line: window.firstLine.map { $0 + (row ?? 0) }), column: new,
            problem: "the first rows of the file have no such column", remedy: "name it with its type in columnTypes")
    }
}
