extension ColumnChunk {
    /// The value at `row` of a column of `type`, which must be the column's own or one with the same storage.
    func cellValue(_ row: Int, type: FeatureType) -> CellValue {
        if isNull(row) { return .null }
        switch type {
        case .null: return .null
        case .bool: return .bool(bool(row))
        case .int8: return .int(Int(value(row, as: Int8.self)))
        case .int16: return .int(Int(value(row, as: Int16.self)))
        case .int32: return .int(Int(value(row, as: Int32.self)))
        case .int64, .classLabel: return .int(value(row, as: Int.self))
        case .uint8: return .int(Int(value(row, as: UInt8.self)))
        case .uint16: return .int(Int(value(row, as: UInt16.self)))
        case .uint32: return .int(Int(value(row, as: UInt32.self)))
        case .uint64:
            let value = value(row, as: UInt64.self)
            return Int(exactly: value).map { .int($0) } ?? .uint64(value)
        case .float16: return .double(Double(HalfFloat(bits: value(row, as: UInt16.self)).floatValue))
        case .float32: return .double(Double(value(row, as: Float.self)))
        case .float64: return .double(value(row, as: Double.self))
        case .string, .largeString: return .string(string(row))
        case .binary, .largeBinary: return .bytes(Array(utf8(row)))
        case .date32, .time32:
            return .temporal(TemporalValue(temporal: type, rawValue: Int(value(row, as: Int32.self))))
        case .date64, .time64, .timestamp, .duration:
            return .temporal(TemporalValue(temporal: type, rawValue: value(row, as: Int.self)))
        case .decimal128(_, let scale):
            return .decimal(DecimalValue(words: words(row, 2), scale: scale))
        case .decimal256(_, let scale):
            return .decimal(DecimalValue(words: words(row, 4), scale: scale))
        case .list(let element), .largeList(let element), .fixedSizeList(let element, _):
            return elements.cellValue(list: list(row), type: element)
        case .structure(let fields):
            return .structure(
                StructureValue(
                    names: fields.map(\.name),
                    values: fields.enumerated().map { child($0.offset).cellValue(row, type: $0.element.type) }))
        case .annotated(_, let storage): return cellValue(row, type: storage)
        }
    }

    private func cellValue(list places: Range<Int>, type: FeatureType) -> CellValue {
        if nullCount == 0 || !places.contains(where: { isNull($0) }) {
            switch type {
            case .int64, .classLabel: return .ints(Array(values(places, as: Int.self)))
            case .int32: return .int32s(Array(values(places, as: Int32.self)))
            case .float32: return .floats(Array(values(places, as: Float.self)))
            case .float64: return .doubles(Array(values(places, as: Double.self)))
            case .string, .largeString: return .strings(places.map { string($0) })
            default: break
            }
        }
        return .list(places.map { cellValue($0, type: type) })
    }

    private func words(_ row: Int, _ count: Int) -> [UInt64] {
        // A decimal is as wide as `count` words; its place counts in decimals.
        if count == 2 {
            let value = value(row, as: (UInt64, UInt64).self)
            return [UInt64(littleEndian: value.0), UInt64(littleEndian: value.1)]
        }
        let value = value(row, as: (UInt64, UInt64, UInt64, UInt64).self)
        return [value.0, value.1, value.2, value.3].map { UInt64(littleEndian: $0) }
    }
}

/// A half-precision number; Swift's own type isn't there on every platform.
struct HalfFloat {
    let bits: UInt16

    init(bits: UInt16) { self.bits = bits }

    /// The nearest half-precision number, ties to even.
    init(_ value: Float) {
        let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
        let magnitude = value.magnitude
        if magnitude.isNaN {
            bits = sign | 0x7E00
        } else if magnitude >= 65_520 {
            bits = sign | 0x7C00
        } else if magnitude < 0x1p-14 {
            bits = sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven))
        } else {
            // The rebased exponent and 10 bits of the fraction; a carry out of the fraction raises the exponent.
            let shifted = magnitude.bitPattern - (112 << 23)
            let rounded = shifted + 0xFFF + (shifted >> 13 & 1)
            bits = sign | UInt16(truncatingIfNeeded: rounded >> 13)
        }
    }

    var floatValue: Float {
        let exponent = Int(bits >> 10 & 0x1F)
        let fraction = Float(bits & 0x3FF)
        let magnitude: Float =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default: (1 + fraction * 0x1p-10) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
            }
        return bits >> 15 == 1 ? -magnitude : magnitude
    }
}
