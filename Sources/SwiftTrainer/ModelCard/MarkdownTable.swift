import Foundation
import OrderedJSON

/// Rows with the same columns as a table of Markdown, its columns lined up as Python lines them up.
struct MarkdownTable {
    private let rows: [[String]]
    private let columns: [String]

    init(_ lines: [JSONObject]) {
        let columns = lines.first?.keys ?? []
        self.columns = columns
        rows = lines.map { line in columns.map { name in line[name].map { TrainingSummary.rounded($0) } ?? "" } }
    }

    var text: String {
        guard !columns.isEmpty else { return "" }
        let widths = columns.indices.map { column in
            ([columns[column]] + rows.map { $0[column] }).map(\.count).max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            zip(cells, widths).map { "| \($0)" + String(repeating: " ", count: $1 - $0.count + 1) }.joined() + "|\n"
        }
        let rule = widths.map { "|:" + String(repeating: "-", count: $0) + ":" }.joined() + "|\n"
        return line(columns) + rule + rows.map(line).joined()
    }
}

/// Numbers as C's `%.4f`.
enum FixedPoint {
    static func text(_ value: Double, decimals: Int) -> String { String(format: "%.\(decimals)f", value) }
}
