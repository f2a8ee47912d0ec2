internal import Synchronization

/// The hash of a column's values: given where it is known beforehand, or computed when it is first asked for.
final class ContentHash: Sendable {
    private let known = Mutex<UInt64?>(nil)

    func settle(_ hash: UInt64) { known.withLock { $0 = hash } }

    func value(orComputing compute: () -> UInt64) -> UInt64 {
        if let hash = known.withLock({ $0 }) { return hash }
        let hash = compute()
        known.withLock { $0 = hash }
        return hash
    }
}

extension Dataset {
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
        contentHash.value {
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

extension CellValue {
    /// Writes the value with a mark of its kind and its length.
    func write(into hash: inout XXHash64) {
        func mark(_ kind: UInt64, _ count: Int = 0) {
            withUnsafeBytes(of: (kind.littleEndian, count.littleEndian)) { hash.update($0) }
        }
        func text(_ value: String) {
            var value = value
            value.withUTF8 { bytes in
                mark(4, bytes.count)
                hash.update(UnsafeRawBufferPointer(bytes))
            }
        }
        switch self {
        case .null: mark(0)
        case .bool(let value): mark(1, value ? 1 : 0)
        case .int(let value): mark(2, value)
        case .uint64(let value): mark(10, Int(truncatingIfNeeded: value))
        case .double(let value): mark(3, Int(truncatingIfNeeded: value.bitPattern))
        case .string(let value): text(value)
        case .ints(let values):
            mark(5, values.count)
            values.withUnsafeBytes { hash.update($0) }
        case .int32s(let values):
            mark(6, values.count)
            values.withUnsafeBytes { hash.update($0) }
        case .doubles(let values):
            mark(7, values.count)
            values.withUnsafeBytes { hash.update($0) }
        case .floats(let values):
            mark(11, values.count)
            values.withUnsafeBytes { hash.update($0) }
        case .bytes(let values):
            mark(12, values.count)
            values.withUnsafeBytes { hash.update($0) }
        case .temporal, .decimal:
            mark(13)
            text("\(self)")
        case .structure(let fields):
            mark(14, fields.values.count)
            for (name, value) in fields.fields {
                text(name)
                value.write(into: &hash)
            }
        case .strings(let values):
            mark(8, values.count)
            for value in values { text(value) }
        case .list(let values):
            mark(9, values.count)
            for value in values { value.write(into: &hash) }
        }
    }
}
