public import Datasets

extension TokenClassificationEncoder {
    /// The tokens of some rows beside their words, tags and labels, as a table to look at before training: whether
    /// words are cut apart, and which label each piece has.
    ///
    /// - Parameters:
    ///   - rows: tagged words.
    ///   - count: so many of the first rows.
    /// - Throws: as ``encode(_:)-(Dataset)``.
    public func preview(_ rows: Dataset, count: Int = 2) throws -> String {
        let shown = rows.take(max(count, 0))
        let encoded = try encode(shown)
        let tags = shown.columnNames.contains(tagsColumn) ? try TagColumn(shown, tagsColumn) : nil
        return try shown.map { row in
            let words: [String] = try row[tokensColumn]
            let names = try tags?.tags(row.index)
            let encoding = try encode([words])[0]
            let labels: [Int32]? = names == nil ? nil : try encoded.dataset[row.index]["labels"]
            var lines = [["token", "word", "tag", "label"]]
            var before: Int?
            for (place, (token, word)) in zip(encoding.tokens, encoding.wordIds).enumerated() {
                let isFirst = word != before
                before = word
                let label = labels.map { $0[place] == -100 ? "-100" : self.labels[Int($0[place])] }
                lines.append([
                    token, word.map { isFirst ? words[$0] : "″" } ?? "",
                    word.flatMap { word in isFirst ? names?[word] : nil } ?? "", label ?? "",
                ])
            }
            let lost = words.count - Set(encoding.wordIds.compactMap { $0 }).count
            let head = "\(shown.place(of: row.index)): \(words.count) words, \(encoding.count) tokens"
            return head + (lost > 0 ? ", \(lost) words without a token" : "") + "\n" + Self.table(lines)
        }.joined(separator: "\n")
    }

    private static func table(_ lines: [[String]]) -> String {
        let widths = lines[0].indices.map { column in lines.map { $0[column].unicodeScalars.count }.max() ?? 0 }
        return lines.map { line in
            let cells = zip(line, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.unicodeScalars.count)
            }
            let text = "  " + cells.joined(separator: "  ")
            return text.replacing(#/\s+$/#, with: "") + "\n"
        }.joined()
    }
}
