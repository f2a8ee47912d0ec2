public import OrderedJSON

/// Options by name for something that an argument chooses, as in `lr_scheduler_kwargs` and `optim_args`.
///
/// Files hold them as an object; flags as JSON, `{"num_cycles": 2}`, or as `num_cycles=2,lr_end=1e-6`. Words that are
/// numbers or truth values are read as such, as in Python.
public struct KeywordArguments: ArgumentValue, ExpressibleByDictionaryLiteral {
    /// The options in order.
    public var members: JSONObject

    public init(_ members: JSONObject = JSONObject()) { self.members = members }

    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        members = JSONObject()
        for (name, value) in elements { members[name] = value }
    }

    /// Reads `key=value,key=value`; nil where an entry is no such pair.
    public init?(pairs text: String) {
        members = JSONObject()
        for pair in text.filter({ $0 != " " }).split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else { return nil }
            members[parts[0]] = JSONValue(reading: .string(parts[1]))
        }
    }

    public init?(argument json: JSONValue) {
        switch json {
        case .object(let object): self.init(JSONObject(reading: object))
        case .string(let text) where text.first(where: { !$0.isWhitespace }) == "{":
            guard let object = try? JSONValue(parsing: text).objectValue else { return nil }
            self.init(JSONObject(reading: object))
        case .string(let text): self.init(pairs: text)
        default: return nil
        }
    }

    public var argumentJSON: JSONValue { .object(members) }
    public static var placeholder: String { "JSON" }
    public static func meansNothing(_ word: String) -> Bool { ["none", "null", ""].contains(word.lowercased()) }
}

extension KeywordArguments {
    /// As Python compares dictionaries: the order does not count, nor whether a whole number is a float.
    public static func == (left: Self, right: Self) -> Bool {
        left.members.count == right.members.count
            && left.members.members.allSatisfy { name, value in
                guard let other = right.members[name] else { return false }
                guard let number = value.doubleValue else { return value == other }
                return number == other.doubleValue
            }
    }

    public func hash(into hasher: inout Hasher) {
        for name in members.keys.sorted() { hasher.combine(name) }
    }
}

extension JSONObject {
    /// With words that are numbers or truth values as such.
    fileprivate init(reading object: JSONObject) {
        self.init()
        for (name, value) in object.members { self[name] = JSONValue(reading: value) }
    }
}

extension JSONValue {
    fileprivate init(reading value: JSONValue) {
        self = value
        guard case .string(let word) = value else { return }
        if ["true", "false"].contains(word.lowercased()) {
            self = .bool(word.lowercased() == "true")
        } else if let whole = Int(word) {
            self = .int(whole)
        } else if let first = word.first, first.isNumber || "+-.".contains(first), let number = Double(word),
            number.isFinite
        {
            self = .double(number)
        }
    }
}
