public import OrderedJSON

/// A secret that gives access to a server. Neither its description nor what files keep of it tells it.
public struct AccessToken: ArgumentValue, ExpressibleByStringLiteral, CustomStringConvertible,
    CustomDebugStringConvertible, CustomReflectable
{
    /// The secret itself.
    public let value: String

    public init(_ value: String) { self.value = value }
    public init(stringLiteral value: String) { self.value = value }

    public init?(argument json: JSONValue) {
        guard let value = json.stringValue, !value.isEmpty else { return nil }
        self.value = value
    }

    /// What stands in files in place of the secret, as in Python.
    public static let placeholderText = "<HUB_TOKEN>"

    public var argumentJSON: JSONValue { .string(Self.placeholderText) }
    public static var placeholder: String { "TEXT" }
    /// A file that training has left tells no secret.
    public static func meansNothing(_ word: String) -> Bool {
        word == placeholderText || ["none", "null"].contains(word.lowercased())
    }

    public var description: String { Self.placeholderText }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
