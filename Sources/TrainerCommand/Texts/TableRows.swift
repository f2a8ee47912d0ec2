import Foundation
import SwiftTrainer

/// The texts of a table file, read while they are asked for: memory does not grow with the file.
struct TableRows {
    private let rows: IterableDataset
    private let columns: TextClassificationColumns
    private let size: Int

    /// - Throws: `DatasetError` where the file can't be read; `TextClassificationError` where it lacks the columns.
    init(_ file: String, quoting: Bool?, choice: ColumnChoice) throws {
        let table = try TextFile(file, quoting: quoting)
        // The first rows tell which columns there are.
        let sample = try table.stream(stringColumns: choice.names, columns: nil).take(1).collect()
        let (columns, notes) = try choice.columns(in: sample, file: file, needsLabel: false)
        for note in notes { Console.note("note: \(note)") }
        self.columns = columns
        rows = try table.stream(
            stringColumns: Set(sample.columnNames), columns: [columns.text] + (columns.textPair.map { [$0] } ?? []))
        size = (try? URL(filePath: file).resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
    }

    /// Calls `body` with each row and about how many bytes of the file were read for it.
    func forEach(_ body: (TextRows.Row, _ bytes: Int) throws -> Void) throws {
        let iterator = try rows.makeIterator()
        var told = 0
        func read(upTo place: Int) -> Int {
            defer { told = max(told, place) }
            return max(0, place - told)
        }
        while let batch = try iterator.nextBatch(of: 512) {
            let bytes = read(upTo: min(iterator.sourceOffset ?? 0, size))
            for (number, row) in batch.enumerated() {
                let pair: String? = try columns.textPair.map { try row[$0] }
                try body(TextRows.Row(text: try row[columns.text], pair: pair), number == 0 ? bytes : 0)
            }
        }
    }
}
