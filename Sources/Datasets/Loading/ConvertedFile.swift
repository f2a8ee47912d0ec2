internal import Foundation
internal import OrderedJSON

/// An entry of the cache that text or Parquet files were converted to: one Arrow file, and which rows came from which
/// file.
enum ConvertedFile {
    static let dataName = "data-00000-of-00001.arrow"
    private static let sourcesName = "sources.json"

    static func write(_ sources: [SourceFile], in folder: String) throws {
        let json: JSONValue = ["files": .array(sources.map(\.jsonValue))]
        try DurableFile.write(Data(json.serializedBytes()), to: "\(folder)/\(sourcesName)")
    }

    static func open(_ folder: String) throws -> Dataset {
        let rows = try Dataset.fromArrow(["\(folder)/\(dataName)"], check: .sizes)
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(sourcesName)"),
            let json = try? JSONValue(parsing: data), let files = json["files"]?.arrayValue
        else { throw DatasetError.unreadableFile(path: folder, problem: "the cached data is damaged; delete it") }
        let sources = files.compactMap { SourceFile($0) }
        return Dataset(
            table: TableStorage(
                columns: rows.table.columns, rowCount: rows.numRows, source: RowSource(files: sources)))
    }
}

extension SourceFile {
    fileprivate var jsonValue: JSONValue {
        var json: JSONObject = ["path": .string(path), "rows": .int(rowCount)]
        switch format {
        case .binary: json["format"] = "binary"
        case .text: json["format"] = "text"
        case .jsonLines: json["format"] = "json"
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
