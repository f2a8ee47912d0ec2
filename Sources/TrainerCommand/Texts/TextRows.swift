import Foundation
import SwiftTrainer

/// Texts, or pairs of texts, from files of any kind: rows of tables, lines of other files, lines of standard input (`-`).
struct TextRows {
    let files: [String]
    let columns: ColumnChoice
    let quoting: Bool?
    /// Whether lines keep their `\n`, as where Python's `tokenizers` train on files.
    var keepsLineEndings = false

    struct Row {
        let text: String
        let pair: String?
    }

    static let standardInput = "-"

    /// Whether the name says that the file holds rows of columns.
    static func isTable(_ file: String) -> Bool { DataFileFormat(path: file).map { $0 != .text } ?? false }

    /// The files that paths and patterns name.
    /// - Throws: `DatasetError` for a file that is not there, and a pattern that fits none.
    static func files(_ paths: [String]) throws -> [String] {
        paths == [standardInput] ? paths : try paths.readable()
    }

    /// How many bytes of files there are; nil where that is not known.
    var byteCount: Int? {
        var sum = 0
        for file in files {
            guard let size = try? URL(filePath: file).resourceValues(forKeys: [.fileSizeKey]).fileSize else {
                return nil
            }
            sum += size
        }
        return sum
    }

    /// Calls `body` with each row and about how many bytes of the files it makes up.
    /// - Throws: `DatasetError`, `TokenizerError` or ``CommandFailure`` with file and line; what `body` throws.
    func forEach(_ body: (Row, _ bytes: Int) throws -> Void) throws {
        if columns.textPair != nil, let file = files.first(where: { !Self.isTable($0) }) {
            throw CommandFailure.usage(
                "--text-pair-column is for tables (.csv, .tsv, .jsonl, .json, .parquet, .arrow), but \(file) is read line by line"
            )
        }
        for file in files {
            if Self.isTable(file) {
                try TableRows(file, quoting: quoting, choice: columns).forEach(body)
            } else {
                try forEachLine(of: file) { line in try body(Row(text: line, pair: nil), line.utf8.count + 1) }
            }
        }
    }

    private func forEachLine(of file: String, _ body: (String) throws -> Void) throws {
        guard file == Self.standardInput else {
            return try TextLines([URL(filePath: file)], keepsLineEndings: keepsLineEndings).forEach(body)
        }
        try TextLines.forEach(
            of: .standardInput, name: "standard input", keepsLineEndings: keepsLineEndings, body)
    }
}
