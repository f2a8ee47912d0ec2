/// A value as what its bits are: floating-point numbers and text that compare equal may differ in them, and NaN is itself.
indirect enum ValueIdentity: Hashable {
    case value(CellValue)
    case bits(UInt64)
    case bytes([UInt8])
    case list([ValueIdentity])

    init(_ value: CellValue) {
        switch value {
        case .double(let number): self = .bits(number.bitPattern)
        case .floats(let numbers): self = .list(numbers.map { .bits(UInt64($0.bitPattern)) })
        case .doubles(let numbers): self = .list(numbers.map { .bits($0.bitPattern) })
        case .string(let text): self = .bytes(Array(text.utf8))
        case .strings(let texts): self = .list(texts.map { .bytes(Array($0.utf8)) })
        case .list(let elements): self = .list(elements.map { ValueIdentity($0) })
        case .structure(let fields): self = .list(fields.values.map { ValueIdentity($0) })
        case .null, .bool, .int, .uint64, .bytes, .temporal, .decimal, .ints, .int32s: self = .value(value)
        }
    }
}
