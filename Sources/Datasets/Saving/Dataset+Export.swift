internal import Foundation
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
        try OutputFile.replace(path) { temporary in
            let writer = try ArrowFileWriter(
                path: temporary, features: features, format: .parquet(compression: compression))
            try writer.append(self, batchRows: rowGroupSize)
            try writer.close()
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
        try OutputFile.replace(path) { temporary in
            let output = try OutputFile(path: temporary)
            row.begin()
            for name in columnNames { row.append(text: name) }
            try output.write(row.ended())
            for index in 0..<numRows {
                row.begin()
                for column in table.columns {
                    let (chunk, place) = column.locate(index)
                    row.append(chunk, place, type: column.array.type)
                }
                try output.write(row.ended())
            }
            try output.close()
        }
    }

    /// Writes the rows to a JSON file as Python's `to_json`: one object a line, or with `lines` false one list of
    /// objects; no spaces, everything outside ASCII and slashes escaped, dates and time stamps in milliseconds since
    /// 1970, numbers that aren't finite as null. Floats have as many digits as they need (pandas stops at 10).
    ///
    /// - Throws: ``DatasetError``; a binary value must be UTF-8.
    public func toJSON(_ path: String, lines: Bool = true) throws {
        try OutputFile.replace(path) { temporary in
            let output = try OutputFile(path: temporary)
            if !lines { try output.write([0x5B]) }
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
                try output.write(writer.bytes)
            }
            if !lines { try output.write([0x5D, 0x0A]) }
            try output.close()
        }
    }
}

/// A file that is written front to back through a buffer.
final class OutputFile {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isOpen = true
    private static let bufferSize = 1 << 18

    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw DatasetError.unwritableFile(path: path, problem: String(cString: strerror(errno)))
        }
    }

    deinit { if isOpen { Foundation.close(descriptor) } }

    func write(_ bytes: [UInt8]) throws {
        buffer += bytes
        if buffer.count >= Self.bufferSize { try flush() }
    }

    func close() throws {
        try flush()
        guard fsync(descriptor) == 0 else { throw failure() }
        isOpen = false
        Foundation.close(descriptor)
    }

    private func flush() throws {
        try buffer.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let count = Foundation.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                if count < 0 {
                    if errno == EINTR { continue }
                    throw failure()
                }
                written += count
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private func failure() -> DatasetError {
        .unwritableFile(path: path, problem: String(cString: strerror(errno)))
    }

    /// Writes a file under a temporary name, and puts it in the place of `path`.
    static func replace(_ path: String, _ write: (String) throws -> Void) throws {
        let temporary = "\(path).incomplete-\(UUID().uuidString)"
        do {
            try write(temporary)
            try DurableFile.rename(temporary, to: path)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
    }
}
