internal import Foundation

extension DatasetDescription: CustomStringConvertible {
    /// A table with a line for each column.
    public var description: String {
        var lines = [["column", "type", "nulls", "min", "max", "mean", "values"]]
        for column in columns { lines.append(column.cells) }
        let widths = lines[0].indices.map { place in lines.map { $0[place].unicodeScalars.count }.max() ?? 0 }
        let text = lines.map { line in
            zip(line, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.unicodeScalars.count)
            }.joined(separator: "  ").trimmingSuffix(while: { $0 == " " })
        }
        return "\(rowCount) rows\n" + text.joined(separator: "\n")
    }
}

extension ColumnSummary {
    /// Of the counted values so many are named.
    private static let namedValues = 6

    fileprivate var cells: [String] {
        let range = numbers ?? lengths
        let unit = numbers == nil && lengths != nil ? (type == .string ? " chars" : " items") : ""
        return [
            Excerpt.of(name), shortType, "\(nullCount)" + (nanCount > 0 ? " (+\(nanCount) NaN)" : ""),
            range.map { Self.text($0.minimum) + unit } ?? "-", range.map { Self.text($0.maximum) + unit } ?? "-",
            range.map { Self.text($0.mean) + unit } ?? "-", values,
        ]
    }

    private var shortType: String {
        if case .classLabel(let label) = type { return "ClassLabel(\(label.numClasses))" }
        return "\(type)"
    }

    private var values: String {
        guard let counts, !counts.isEmpty else { return "-" }
        let sorted = counts.sorted { ($1.value, "\($0.key)") < ($0.value, "\($1.key)") }
        guard counts.count <= 50 else { return "\(counts.count) different" }
        let named = sorted.prefix(Self.namedValues).map { value, count in "\(className(value)): \(count)" }
        return named.joined(separator: ", ") + (sorted.count > named.count ? ", … (\(sorted.count))" : "")
    }

    private func className(_ value: CellValue) -> String {
        switch (type, value) {
        case (.classLabel(let label), .int(let number)): Excerpt.of((try? label.int2str(number)) ?? "\(number)")
        case (_, .string(let text)): Excerpt.of(text, limit: 20)
        default: "\(value)"
        }
    }

    private static func text(_ number: Double) -> String {
        if number.rounded() == number, abs(number) < 1e15 { return "\(Int(number))" }
        return String(format: "%.4g", number)
    }
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
        var text = Substring(self)
        while let last = text.last, predicate(last) { text.removeLast() }
        return String(text)
    }
}
