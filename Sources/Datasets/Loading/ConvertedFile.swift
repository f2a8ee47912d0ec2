internal import Foundation
internal import OrderedJSON

extension DatasetCache {
    /// The rows that `convert` writes to an Arrow file, with the files that they came from.
    func converted(
        key: Fingerprint, _ convert: (String) throws -> (content: Fingerprint, files: [SourceFile])
    ) throws -> Dataset {
        let (rows, note) = try entry(key: key) { path in
            let (content, files) = try convert(path)
            return (content, ["files": .array(files.map(\.jsonValue))])
        }
        let sources = note["files"]?.arrayValue?.compactMap { SourceFile($0) } ?? []
        return Dataset(
            table: TableStorage(
                columns: rows.table.columns, rowCount: rows.numRows, source: RowSource(files: sources)))
    }
}

extension SourceFile {
    fileprivate var jsonValue: JSONValue {
        var json: JSONObject = ["path": .string(path), "rows": .int(rowCount)]
        switch format {
        case .binary, .lines: json["format"] = "binary"
        case .text: json["format"] = "text"
        case .jsonLines: json["format"] = "json"
        case .conll(let layout, _):
            json["format"] = "conll"
            json["layout"] = layout.json
        case .delimited(let layout):
            json["format"] = "delimited"
            json["delimiter"] = .int(Int(layout.delimiter))
            json["quoting"] = .bool(layout.quoting)
            json["names"] = .array(layout.names.map { .string($0) })
            json["start"] = .int(layout.start)
            json["line"] = .int(layout.firstLine)
            json["header"] = .bool(layout.hasHeader)
        }
        return .object(json)
    }

    fileprivate convenience init?(_ json: JSONValue) {
        guard let path = json["path"]?.stringValue, let rows = json["rows"]?.intValue else { return nil }
        var format = Format.binary
        switch json["format"]?.stringValue {
        case "text": format = .text
        case "json": format = .jsonLines
        case "conll": format = json["layout"].flatMap { ConllLayout($0) }.map { .conll($0, firstLine: 1) } ?? .binary
        case "delimited":
            guard let delimiter = json["delimiter"]?.intValue.flatMap({ UInt8(exactly: $0) }),
                let start = json["start"]?.intValue, let line = json["line"]?.intValue
            else { return nil }
            format = .delimited(
                DelimitedLayout(
                    delimiter: delimiter, quoting: json["quoting"]?.boolValue ?? true,
                    names: json["names"]?.arrayValue?.compactMap(\.stringValue) ?? [], start: start, firstLine: line,
                    hasHeader: json["header"]?.boolValue ?? true))
        default: break
        }
        self.init(path: path, isRegular: true, rowCount: rows, format: format)
    }
}
