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
