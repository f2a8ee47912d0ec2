/// A ``ConfusionMatrix`` as a table of the report.
struct ConfusionTable {
    /// Classes as they are shown.
    let names: [String]
    /// Rows: the labels; columns: what was predicted.
    let counts: [[Int]]
    /// Beyond so many classes nobody reads a table.
    private static let mostClasses = 50

    /// Nil where the predictions are no logits over classes, one row of them for each label.
    init?(_ prediction: EvalPrediction, names given: [String]?) {
        let (logits, labels) = (prediction.predictions, prediction.labelIds)
        guard logits.dim == labels.dim + 1, logits.dtype.isFloatingPoint, !labels.dtype.isFloatingPoint,
            (2...Self.mostClasses).contains(logits.size(-1)), labels.numel == logits.numel / logits.size(-1)
        else { return nil }
        let classes = logits.size(-1)
        let predicted = logits.argmax(dim: -1).reshape([-1]).to(.int64).array(of: Int64.self)
        let wanted = labels.reshape([-1]).to(.int64).array(of: Int64.self)
        let matrix = try? ConfusionMatrix(
            predictions: predicted, references: wanted, labels: Array(0..<Int64(classes)))
        guard let matrix else { return nil }
        counts = matrix.counts
        names = (0..<classes).map { given.flatMap { $0.count == classes ? $0 : nil }?[$0] ?? "\($0)" }
    }

    var html: String {
        let head = names.map { "<th scope=\"col\"><span>\(HTMLText.escaped($0))</span></th>" }.joined()
        let body = names.indices.map(row).joined(separator: "\n")
        let precisions = names.indices.map { "<td>\(share(counts[$0][$0], of: columnTotal($0)))</td>" }.joined()
        return """
            <div class="scroll"><table class="confusion">
            <thead><tr><td></td><th colspan="\(names.count)" scope="colgroup">predicted</th></tr>
            <tr><th scope="row">label</th>\(head)<th scope="col">recall</th><th scope="col">rows</th></tr></thead>
            <tbody>
            \(body)
            <tr class="last"><th scope="row">precision</th>\(precisions)<td></td><td></td></tr>
            </tbody></table></div>
            <p class="note">\(summary)</p>
            """
    }

    private func row(_ label: Int) -> String {
        let total = counts[label].reduce(0, +)
        let cells = counts[label].enumerated().map { guess, count in
            let share = total > 0 ? Double(count) / Double(total) : 0
            let kind = guess == label ? "right" : "wrong"
            let level = Int((share * 100).rounded())
            return "<td class=\"\(kind)\" style=\"--level:\(level)%\">\(NumberText.grouped(count))</td>"
        }
        return "<tr><th scope=\"row\">\(HTMLText.escaped(names[label]))</th>\(cells.joined())"
            + "<td>\(self.share(counts[label][label], of: total))</td><td>\(NumberText.grouped(total))</td></tr>"
    }

    private func columnTotal(_ guess: Int) -> Int { counts.reduce(0) { $0 + $1[guess] } }

    private func share(_ part: Int, of whole: Int) -> String {
        whole > 0 ? NumberText.percent(Double(part) / Double(whole)) : "–"
    }

    private var summary: String {
        let total = counts.reduce(0) { $0 + $1.reduce(0, +) }
        let right = names.indices.reduce(0) { $0 + counts[$1][$1] }
        return "\(NumberText.grouped(right)) of \(NumberText.grouped(total)) right "
            + "(\(share(right, of: total))), in the last evaluation."
    }
}
