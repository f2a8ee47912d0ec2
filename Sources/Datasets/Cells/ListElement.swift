/// A Swift type that a list column's elements can be read as: integers, `Double`, `Float`, `Bool`, `String`, and arrays
/// of these for lists of lists.
public protocol ListElement {
    /// The elements at `places`; nil where the elements' type is another, or one of them is null.
    static func list(in chunk: ListElements, _ places: Range<Int>, type: FeatureType) -> [Self]?
}

/// The elements of a list column in Arrow's memory.
public struct ListElements {
    let chunk: ColumnChunk

    fileprivate func integers<Value: FixedWidthInteger & BitwiseCopyable>(
        _ places: Range<Int>, _ type: FeatureType, as: Value.Type
    ) -> [Value]? {
        switch type {
        case .int8: exactly(chunk.values(places, as: Int8.self))
        case .int16: exactly(chunk.values(places, as: Int16.self))
        case .int32: exactly(chunk.values(places, as: Int32.self))
        case .int64, .classLabel: exactly(chunk.values(places, as: Int64.self))
        case .uint8: exactly(chunk.values(places, as: UInt8.self))
        case .uint16: exactly(chunk.values(places, as: UInt16.self))
        case .uint32: exactly(chunk.values(places, as: UInt32.self))
        case .uint64: exactly(chunk.values(places, as: UInt64.self))
        default: nil
        }
    }

    private func exactly<Stored: FixedWidthInteger, Value: FixedWidthInteger>(
        _ stored: UnsafeBufferPointer<Stored>
    ) -> [Value]? {
        var values: [Value] = []
        values.reserveCapacity(stored.count)
        for number in stored {
            guard let value = Value(exactly: number) else { return nil }
            values.append(value)
        }
        return values
    }

    fileprivate func numbers<Value: BinaryFloatingPoint>(_ places: Range<Int>, _ type: FeatureType) -> [Value]? {
        switch type {
        case .float16: chunk.values(places, as: UInt16.self).map { Value(HalfFloat(bits: $0).floatValue) }
        case .float32: chunk.values(places, as: Float.self).map { Value($0) }
        case .float64: chunk.values(places, as: Double.self).map { Value($0) }
        default: integers(places, type, as: Int64.self)?.map { Value($0) }
        }
    }
}

extension ListElement where Self: FixedWidthInteger & BitwiseCopyable {
    /// Integers of any width, where they fit.
    public static func list(in elements: ListElements, _ places: Range<Int>, type: FeatureType) -> [Self]? {
        elements.integers(places, type, as: Self.self)
    }
}

extension Int: ListElement {
    public static func list(in elements: ListElements, _ places: Range<Int>, type: FeatureType) -> [Int]? {
        switch type {
        case .int64, .classLabel: Array(elements.chunk.values(places, as: Int.self))
        case .int32: elements.chunk.values(places, as: Int32.self).map { Int($0) }
        default: elements.integers(places, type, as: Int.self)
        }
    }
}

extension Int32: ListElement {
    public static func list(in elements: ListElements, _ places: Range<Int>, type: FeatureType) -> [Int32]? {
        if case .int32 = type { return Array(elements.chunk.values(places, as: Int32.self)) }
        return elements.integers(places, type, as: Int32.self)
    }
}

extension Int8: ListElement {}
extension Int16: ListElement {}
extension Int64: ListElement {}
extension UInt8: ListElement {}
extension UInt16: ListElement {}
extension UInt32: ListElement {}
extension UInt64: ListElement {}

extension Double: ListElement {
    public static func list(in elements: ListElements, _ places: Range<Int>, type: FeatureType) -> [Double]? {
        if case .float64 = type { return Array(elements.chunk.values(places, as: Double.self)) }
        return elements.numbers(places, type)
    }
}

extension Float: ListElement {
    public static func list(in elements: ListElements, _ places: Range<Int>, type: FeatureType) -> [Float]? {
        if case .float32 = type { return Array(elements.chunk.values(places, as: Float.self)) }
        return elements.numbers(places, type)
    }
}

extension Bool: ListElement {
    public static func list(in elements: ListElements, _ places: Range<Int>, type: FeatureType) -> [Bool]? {
        type == .bool ? places.map { elements.chunk.bool($0) } : nil
    }
}

extension String: ListElement {
    public static func list(in elements: ListElements, _ places: Range<Int>, type: FeatureType) -> [String]? {
        guard type.isString else { return nil }
        let texts = places.lazy.compactMap { String(validating: elements.chunk.utf8($0), as: UTF8.self) }
        let list = Array(texts)
        return list.count == places.count ? list : nil
    }
}

extension CellValue: ListElement {
    public static func list(in elements: ListElements, _ places: Range<Int>, type: FeatureType) -> [CellValue]? {
        places.map { elements.chunk.cellValue($0, type: type) }
    }
}

extension Array: ListElement where Element: ListElement {
    public static func list(in elements: ListElements, _ places: Range<Int>, type: FeatureType) -> [[Element]]? {
        guard let element = type.element else { return nil }
        var lists: [[Element]] = []
        lists.reserveCapacity(places.count)
        for place in places {
            guard let list = Element.checkedList(in: elements.chunk.elements, elements.chunk.list(place), type: element)
            else { return nil }
            lists.append(list)
        }
        return lists
    }
}

extension ListElement {
    /// The elements; nil where one is null, too, save for types that have a null.
    static func checkedList(in chunk: ColumnChunk, _ places: Range<Int>, type: FeatureType) -> [Self]? {
        // A column of nothing but empty lists has no element type.
        if places.isEmpty { return [] }
        let hasNull = chunk.nullCount > 0 && places.contains { chunk.isNull($0) }
        if hasNull && Self.self != CellValue.self { return nil }
        return list(in: ListElements(chunk: chunk), places, type: type)
    }
}
