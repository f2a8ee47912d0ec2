/// Which of a column's stored rows a data set shows, and in which order.
final class RowSelection: Sendable {
    private enum Rows {
        case from(Int)
        case places([Int])
    }
    private let rows: Rows

    private init(_ rows: Rows) { self.rows = rows }

    subscript(row: Int) -> Int {
        switch rows {
        case .from(let start): start + row
        case .places(let places): places[row]
        }
    }

    /// Where the rows of `range` start, if they are stored one after another.
    func start(of range: Range<Int>) -> Int? {
        if case .from(let start) = rows { start + range.lowerBound } else { nil }
    }

    /// The selection that shows the rows `chosen` of what `earlier` shows (of all rows, where that is nil).
    static func choosing(_ chosen: [Int], from earlier: RowSelection?) -> RowSelection {
        guard let earlier else { return RowSelection(.places(chosen)) }
        return RowSelection(.places(chosen.map { earlier[$0] }))
    }

    /// The same for a run of rows, without a list where none is needed.
    static func choosing(_ chosen: Range<Int>, from earlier: RowSelection?) -> RowSelection {
        switch earlier?.rows {
        case nil: RowSelection(.from(chosen.lowerBound))
        case .from(let start): RowSelection(.from(start + chosen.lowerBound))
        case .places(let places): RowSelection(.places(Array(places[chosen])))
        }
    }
}
