internal import Foundation
internal import LocalFiles
internal import OrderedJSON

extension Dataset {
    /// Writes the rows to a Parquet file with the features in its metadata, as Python's `to_parquet`.
    ///
    /// - Parameters:
    ///   - path: the file; written under a temporary name and renamed.
    ///   - compression: `snappy`, `gzip`, `zstd`, `brotli`, `lz4` or `uncompressed`.
    ///   - rowGroupSize: rows a row group.
    /// - Throws: ``DatasetError``
    public func toParquet(_ path: String, compression: String = "snappy", rowGroupSize: Int = 1 << 16) throws {
        guard ["snappy", "gzip", "zstd", "brotli", "lz4", "uncompressed"].contains(compression) else {
            throw DatasetError.invalidArgument(
                name: "compression", problem: "'\(compression)' is none that Parquet has")
        }
        guard rowGroupSize > 0 else {
            throw DatasetError.invalidArgument(name: "rowGroupSize", problem: "\(rowGroupSize) is no number of rows")
        }
        try DatasetError.writing(path) {
            try DurableFile.replace(path) { (temporary: String) in
                let writer = try ArrowFileWriter(
                    path: temporary, features: features, format: .parquet(compression: compression))
                try writer.append(self, batchRows: rowGroupSize)
                try writer.close()
            }
        }
    }

    /// Writes the rows to a CSV file as Python's `to_csv`: a header, `\n` line ends, quotes where they are needed,
    /// nulls as empty cells, `True` and `False`, and float16 and float32 with the digits that they need. Lists and objects are written as Python prints them (pandas, which
    /// leaves out the commas of a list of numbers and parts of long ones, is not followed there).
    ///
    /// - Parameters:
    ///   - path: the file; written under a temporary name and renamed.
    ///   - delimiter: one ASCII character.
    /// - Throws: ``DatasetError``
    public func toCSV(_ path: String, delimiter: Character = ",") throws {
        let delimiter = try DelimitedOptions(delimiter: delimiter, quoting: true).checkedDelimiter()
        var row = DelimitedRowWriter(delimiter: delimiter)
        try Self.write(path) { sink in
            row.begin()
            for name in columnNames { row.append(text: name) }
            try row.ended().withUnsafeBytes(sink)
            for index in 0..<numRows {
                row.begin()
                for column in table.columns {
                    let (chunk, place) = column.locate(index)
                    row.append(chunk, place, type: column.array.type)
                }
                try row.ended().withUnsafeBytes(sink)
            }
        }
    }

    /// Writes the rows to a JSON file as Python's `to_json`: one object a line, or with `lines` false one list of
    /// objects; no spaces, everything outside ASCII and slashes escaped, dates and time stamps in milliseconds since
    /// 1970, numbers that aren't finite as null. Floats have as many digits as they need (pandas stops at 10).
    ///
    /// - Throws: ``DatasetError``; a binary value must be UTF-8.
    public func toJSON(_ path: String, lines: Bool = true) throws {
        try Self.write(path) { sink in
            if !lines { try ([0x5B] as [UInt8]).withUnsafeBytes(sink) }
            var writer = JSONRowWriter()
            let names = columnNames.map { JSONRowWriter.quoted($0) }
            for index in 0..<numRows {
                writer.begin()
                if !lines, index > 0 { writer.append(raw: ",") }
                writer.append(raw: "{")
                for (place, column) in table.columns.enumerated() {
                    if place > 0 { writer.append(raw: ",") }
                    writer.append(raw: names[place])
                    writer.append(raw: ":")
                    let cell = Cell(table: table, column: column, row: index)
                    do {
                        try writer.append(cell.value)
                    } catch {
                        throw cell.mismatch(wanted: "UTF-8 text")
                    }
                }
                writer.append(raw: lines ? "}\n" : "}")
                try writer.bytes.withUnsafeBytes(sink)
            }
            if !lines { try ([0x5D, 0x0A] as [UInt8]).withUnsafeBytes(sink) }
        }
    }

    /// Writes a file front to back; it takes its place when it is whole.
    private static func write(_ path: String, _ body: (DurableFile.Sink) throws -> Void) throws {
        try DatasetError.writing(path) { try DurableFile.replace(path, body) }
    }
}
