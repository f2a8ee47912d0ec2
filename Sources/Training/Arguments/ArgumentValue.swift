public import OrderedJSON

/// A type that a training argument may have: how it is read from a configuration file or a command line, and written.
///
/// Values from a command line arrive as strings, or an array of strings for several words; strings in a configuration
/// file are read the same way, so that YAML's `5e-5`, which is a string there, means the number.
public protocol ArgumentValue: Sendable, Hashable {
    /// The value that `json` stands for; nil if it stands for none of this type.
    init?(argument json: JSONValue)
    /// The value as it is written to a configuration file.
    var argumentJSON: JSONValue { get }
    /// What is read, for help and errors: `INT`, `FLOAT`, `{no,steps,epoch}`.
    static var placeholder: String { get }
    /// What a flag without a value means; nil if it needs one.
    static var bareValue: JSONValue? { get }
    /// Whether a flag takes all words up to the next flag.
    static var takesSeveralWords: Bool { get }
    /// Whether the word means that there is no value, for an optional argument.
    static func meansNothing(_ word: String) -> Bool
    /// Values that Python knows and this release does not.
    static var valuesToCome: [String] { get }
    /// Why there is not this one of `valuesToCome`, and what to take instead; nil where nothing is to be said.
    static func reasonAgainst(_ value: String) -> String?
}

extension ArgumentValue {
    public static var bareValue: JSONValue? { nil }
    public static var takesSeveralWords: Bool { false }
    public static var valuesToCome: [String] { [] }
    public static func reasonAgainst(_ value: String) -> String? { nil }
    public static func meansNothing(_ word: String) -> Bool { ["none", "null"].contains(word.lowercased()) }
}

extension Bool: ArgumentValue {
    /// Python's words for a truth value: yes, true, t, y, 1 and no, false, f, n, 0.
    public init?(argument json: JSONValue) {
        switch json {
        case .bool(let value): self = value
        case .int(0), .int(1): self = json == 1
        case .string(let word):
            switch word.lowercased() {
            case "yes", "true", "t", "y", "1": self = true
            case "no", "false", "f", "n", "0": self = false
            default: return nil
            }
        default: return nil
        }
    }
    public var argumentJSON: JSONValue { .bool(self) }
    public static var placeholder: String { "BOOL" }
    public static var bareValue: JSONValue? { true }
}

extension Int: ArgumentValue {
    public init?(argument json: JSONValue) {
        let value: Int? =
            switch json {
            case .int(let value): value
            case .double(let value): Int(exactly: value)
            case .string(let word): Int(word)
            default: nil
            }
        guard let value else { return nil }
        self = value
    }
    public var argumentJSON: JSONValue { .int(self) }
    public static var placeholder: String { "INT" }
}

extension Double: ArgumentValue {
    public init?(argument json: JSONValue) {
        let value: Double? = if case .string(let word) = json { Double(word) } else { json.doubleValue }
        guard let value else { return nil }
        self = value
    }
    public var argumentJSON: JSONValue { .double(self) }
    public static var placeholder: String { "FLOAT" }
}

extension String: ArgumentValue {
    public init?(argument json: JSONValue) {
        switch json {
        case .string(let value): self = value
        // A folder called 2024 is a number in YAML.
        case .int(let value): self = String(value)
        default: return nil
        }
    }
    public var argumentJSON: JSONValue { .string(self) }
    public static var placeholder: String { "TEXT" }
}

extension Optional: ArgumentValue where Wrapped: ArgumentValue {
    public init?(argument json: JSONValue) {
        switch json {
        case .null: self = .none
        case .string(let word) where Wrapped.meansNothing(word): self = .none
        case .bool(false) where Wrapped.meansNothing("false"): self = .none
        case .array(let words) where words.count == 1 && words[0].stringValue.map(Wrapped.meansNothing) == true:
            self = .none
        default:
            guard let value = Wrapped(argument: json) else { return nil }
            self = .some(value)
        }
    }
    public var argumentJSON: JSONValue { self?.argumentJSON ?? .null }
    public static var placeholder: String { Wrapped.placeholder }
    public static var bareValue: JSONValue? { Wrapped.bareValue }
    public static var takesSeveralWords: Bool { Wrapped.takesSeveralWords }
    public static var valuesToCome: [String] { Wrapped.valuesToCome }
    public static func reasonAgainst(_ value: String) -> String? { Wrapped.reasonAgainst(value) }
}

extension Array: ArgumentValue where Element: ArgumentValue {
    public init?(argument json: JSONValue) {
        var elements: [Element] = []
        for item in json.arrayValue ?? [json] {
            guard let element = Element(argument: item) else { return nil }
            elements.append(element)
        }
        self = elements
    }
    public var argumentJSON: JSONValue { .array(map(\.argumentJSON)) }
    public static var placeholder: String { "\(Element.placeholder) ..." }
    public static var takesSeveralWords: Bool { true }
    public static var valuesToCome: [String] { Element.valuesToCome }
    public static func reasonAgainst(_ value: String) -> String? { Element.reasonAgainst(value) }
}

/// A choice among Python's strings.
public protocol ArgumentChoice: ArgumentValue, RawRepresentable, CaseIterable, Codable where RawValue == String {}

extension ArgumentChoice {
    public init?(argument json: JSONValue) {
        // YAML reads a bare `no` as false.
        let word = json == false ? "no" : json.stringValue
        guard let value = word.flatMap(Self.init(rawValue:)) else { return nil }
        self = value
    }
    public var argumentJSON: JSONValue { .string(rawValue) }
    public static var placeholder: String { "{\(allCases.map(\.rawValue).joined(separator: ","))}" }
}
