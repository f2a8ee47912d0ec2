/// Which access token is sent to the Hub. It is never printed: its description says only where it comes from.
public enum HubToken: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible,
    CustomDebugStringConvertible, CustomReflectable
{
    /// The environment's or that of `hf auth login`, where there is one; the default.
    case implicit
    /// The environment's or that of `hf auth login`; an error where there is none.
    case required
    /// None.
    case none
    /// This one.
    case value(String)

    public init(stringLiteral value: String) { self = .value(value) }

    /// - Parameter text: The token; nil and the empty text: ``implicit``.
    public init(_ text: String?) { self = text.flatMap { $0.isEmpty ? nil : .value($0) } ?? .implicit }

    public var description: String {
        switch self {
        case .implicit: "implicit"
        case .required: "required"
        case .none: "none"
        case .value: "<token>"
        }
    }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A token that is sent.
struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let value: String

    /// - Throws: ``HubError/malformedToken`` for what cannot stand in a header: a line break would begin another one.
    init(_ value: String) throws(HubError) {
        guard !value.isEmpty, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .malformedToken }
        self.value = value
    }

    /// A text without the secret, should a server have sent it back.
    func redacted(_ text: String) -> String { text.replacing(value, with: description) }

    var description: String { "<token>" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
