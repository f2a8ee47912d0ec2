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
    private static let tableExtensions: Set<String> = ["csv", "tsv", "jsonl", "json"]

    static func isTable(_ file: String) -> Bool {
        tableExtensions.contains((file as NSString).pathExtension.lowercased())
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
                "--text-pair-column is for tables (.csv, .tsv, .jsonl, .json), but \(file) is read line by line")
        }
        for file in files {
            if Self.isTable(file) {
                try forEachRow(of: file, body)
            } else {
                try forEachLine(of: file) { line in try body(Row(text: line, pair: nil), line.utf8.count + 1) }
            }
        }
    }

    private func forEachRow(of file: String, _ body: (Row, Int) throws -> Void) throws {
        let rows = try TextFile(file, quoting: quoting).load(stringColumns: columns.names)
        let (found, notes) = try columns.columns(in: rows, file: file, needsLabel: false)
        for note in notes { Console.note("note: \(note)") }
        let size = (try? URL(filePath: file).resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
        for (number, row) in rows.enumerated() {
            let pair: String? = try found.textPair.map { try row[$0] }
            let bytes = size * (number + 1) / rows.count - size * number / rows.count
            try body(Row(text: try row[found.text], pair: pair), bytes)
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
