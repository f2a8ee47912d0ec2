/// Where a data set's rows came from, and which of those are shown.
final class RowSource: Sendable {
    enum Origin: Sendable {
        case file(SourceFile)
        /// Data sets put one below the other; a part without a source was made in memory.
        case parts([(source: RowSource?, rowCount: Int)])
    }

    let origin: Origin
    /// nil: all rows in order.
    let selection: RowSelection?

    init(_ origin: Origin, selection: RowSelection? = nil) {
        self.origin = origin
        self.selection = selection
    }

    /// Files whose rows come one after the other.
    convenience init(files: [SourceFile], selection: RowSelection? = nil) {
        self.init(
            files.count == 1
                ? .file(files[0]) : .parts(files.map { (RowSource(.file($0)), $0.rowCount) }), selection: selection)
    }

    /// The sources of tables that are put one below the other; nil where none has any.
    static func joining(_ tables: [TableStorage]) -> RowSource? {
        guard tables.contains(where: { $0.source != nil }) else { return nil }
        return RowSource(.parts(tables.map { ($0.source, $0.rowCount) }))
    }

    func location(ofRow row: Int) -> SourceLocation? {
        let stored = selection?[row] ?? row
        switch origin {
        case .file(let file): return file.location(ofRow: stored)
        case .parts(let parts):
            var start = 0
            for part in parts {
                if stored < start + part.rowCount { return part.source?.location(ofRow: stored - start) }
                start += part.rowCount
            }
            return nil
        }
    }
}
