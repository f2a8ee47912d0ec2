/// Rows of several data sets, to be put together in one.
struct GatheredRows {
    private var parts: [Dataset] = []
    /// The first row of each part in all of them, by the identity of its table.
    private var starts: [ObjectIdentifier: Int] = [:]
    private var next = 0
    private var rows: [Int] = []
    private(set) var pieceCount = 0

    mutating func append(_ dataset: Dataset, _ range: Range<Int>) {
        let id = ObjectIdentifier(dataset.table)
        let start = starts[id] ?? next
        if starts.updateValue(start, forKey: id) == nil {
            parts.append(dataset)
            next += dataset.numRows
        }
        rows.append(contentsOf: range.lazy.map { start + $0 })
        pieceCount += 1
    }

    /// nil where there are none.
    func dataset() throws -> Dataset? {
        parts.isEmpty ? nil : try Dataset.stacking(parts).selecting(rows)
    }
}
