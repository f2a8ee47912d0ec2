public import OrderedJSON

/// Named numbers in order.
public struct Metrics: Sendable, Hashable, ExpressibleByDictionaryLiteral, CustomStringConvertible {
    public private(set) var names: [String] = []
    private var values: [String: JSONValue] = [:]

    public init() {}
    public init(dictionaryLiteral elements: (String, Double)...) {
        for (name, value) in elements { self[name] = value }
    }

    /// The number under `name`; nil where there is none.
    public subscript(name: String) -> Double? {
        get { values[name]?.doubleValue }
        set { set(name, newValue.map { .double($0) }) }
    }

    /// Sets a value that need not be a float (Python logs whole numbers as such).
    public mutating func set(_ name: String, _ value: JSONValue?) {
        if let value {
            if values.updateValue(value, forKey: name) == nil { names.append(name) }
        } else if values.removeValue(forKey: name) != nil {
            names.removeAll { $0 == name }
        }
    }

    /// Adds all of `other`, whose values win.
    public mutating func merge(_ other: Metrics) {
        for name in other.names { set(name, other.values[name]) }
    }

    /// What ``json`` gave.
    init(_ json: JSONObject) {
        for (name, value) in json.members { set(name, value) }
    }

    /// As JSON, in order.
    public var json: JSONObject {
        var object = JSONObject()
        for name in names { object[name] = values[name] }
        return object
    }

    public var description: String { JSONValue.object(json).serialized(.compact) }
}
