internal import OrderedJSON

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

    var bytesRead: Int { blocks.offset }

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
