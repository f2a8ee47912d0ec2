internal import Synchronization

/// Where a column's values come from, and their hash: given where it is known beforehand, or computed when it is first
/// asked for.
final class ColumnOrigin: Sendable {
    private struct State {
        var hash: UInt64?
        var files: [String] = []
    }
    private let state = Mutex(State())

    /// The Arrow files that the values are mapped from; none for values in memory.
    var files: [String] {
        get { state.withLock { $0.files } }
        set { state.withLock { $0.files = newValue } }
    }

    func settle(_ hash: UInt64) { state.withLock { $0.hash = hash } }

    func hash(orComputing compute: () -> UInt64) -> UInt64 {
        if let hash = state.withLock({ $0.hash }) { return hash }
        let hash = compute()
        settle(hash)
        return hash
    }
}

extension Dataset {
    /// The Arrow files that the columns are mapped from, as Python's `cache_files`; empty where all are in memory.
    public var cacheFiles: [String] {
        var seen: Set<String> = []
        return table.columns.flatMap(\.array.origin.files).filter { seen.insert($0).inserted }
    }

    /// A hash of what the data set shows: the columns' names, types and values, in order. Equal data made in other ways
    /// may have another one.
    ///
    /// Values in memory are read once for it; data that came from a cache file brings it along.
    public var fingerprint: Fingerprint {
        var parts: [any FingerprintPart] = [numRows]
        var selections: [ObjectIdentifier: Fingerprint] = [:]
        for column in table.columns {
            parts += [
                column.name, column.type.description, column.array.type.description,
                Fingerprint(hash: column.array.hashOfContent),
            ]
            guard let selection = column.selection else { continue }
            let id = ObjectIdentifier(selection)
            let hash = selections[id] ?? selection.fingerprint(rowCount: numRows)
            selections[id] = hash
            parts.append(hash)
        }
        return Fingerprint(parts: parts)
    }
}

extension RowSelection {
    fileprivate func fingerprint(rowCount: Int) -> Fingerprint {
        var hash = XXHash64()
        var piece: [Int] = []
        for start in stride(from: 0, to: rowCount, by: 4096) {
            piece.removeAll(keepingCapacity: true)
            for row in start..<min(start + 4096, rowCount) { piece.append(self[row]) }
            piece.withUnsafeBytes { hash.update($0) }
        }
        return Fingerprint(hash: hash.value)
    }
}

extension ArrowColumn {
    var hashOfContent: UInt64 {
        origin.hash {
            // Through the cells, for the buffers of equal columns may be cut in other places.
            var hash = XXHash64()
            let column = Column(name: "", array: self)
            let table = TableStorage(columns: [column], rowCount: count, source: nil)
            for row in 0..<count {
                Cell(table: table, column: column, row: row).value.write(into: &hash)
            }
            return hash.value
        }
    }
}
