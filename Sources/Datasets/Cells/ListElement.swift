/// A Swift type that a list column's elements can be read as: `Int`, `Int32`, `Double`, `Float`, `Bool`, `String`.
public protocol ListElement {
    /// The elements at `places`; nil where the elements' type is another.
    static func list(in chunk: ListElements, _ places: Range<Int>, type: FeatureType) -> [Self]?
}

/// The elements of a list column in Arrow's memory.
public struct ListElements {
    let chunk: ColumnChunk
}

extension ListElement {
    static func list(in chunk: ColumnChunk, _ places: Range<Int>, type: FeatureType) -> [Self]? {
        list(in: ListElements(chunk: chunk), places, type: type)
    }
}

extension Int: ListElement {
    public static func list(in elements: ListElements, _ places: Range<Int>, type: FeatureType) -> [Int]? {
        switch type {
        case .int64: Array(elements.chunk.elements(places, as: Int.self))
        case .int32: elements.chunk.elements(places, as: Int32.self).map { Int($0) }
        default: nil
        }
    }
}

extension Int32: ListElement {
    public static func list(in elements: ListElements, _ places: Range<Int>, type: FeatureType) -> [Int32]? {
        switch type {
        case .int32:
            return Array(elements.chunk.elements(places, as: Int32.self))
        case .int64:
            let narrow = elements.chunk.elements(places, as: Int.self).compactMap { Int32(exactly: $0) }
            return narrow.count == places.count ? narrow : nil
        default:
            return nil
        }
    }
}

extension Double: ListElement {
    public static func list(in elements: ListElements, _ places: Range<Int>, type: FeatureType) -> [Double]? {
        switch type {
        case .float64: Array(elements.chunk.elements(places, as: Double.self))
        case .int64: elements.chunk.elements(places, as: Int.self).map { Double($0) }
        default: nil
        }
    }
}

extension Float: ListElement {
    public static func list(in elements: ListElements, _ places: Range<Int>, type: FeatureType) -> [Float]? {
        Double.list(in: elements, places, type: type)?.map { Float($0) }
    }
}

extension Bool: ListElement {
    public static func list(in elements: ListElements, _ places: Range<Int>, type: FeatureType) -> [Bool]? {
        type == .bool ? places.map { elements.chunk.elementBool($0) } : nil
    }
}

extension String: ListElement {
    public static func list(in elements: ListElements, _ places: Range<Int>, type: FeatureType) -> [String]? {
        guard type == .string else { return nil }
        return places.map { String(decoding: elements.chunk.elementUTF8($0), as: UTF8.self) }
    }
}
