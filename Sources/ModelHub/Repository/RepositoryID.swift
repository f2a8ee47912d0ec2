/// The name of a repository: `name` or `namespace/name`, by the Hub's rules.
public struct RepositoryID: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    static let longest = 96

    /// Checks a name as Python's `validate_repo_id` does.
    ///
    /// - Throws: ``HubError/invalidRepositoryID(_:reason:)``.
    public init(_ text: String) throws(HubError) {
        if let reason = Self.problem(text) { throw .invalidRepositoryID(text, reason: reason) }
        description = text
    }

    /// The part in front of the slash; nil for a bare name.
    public var namespace: String? {
        let parts = description.split(separator: "/")
        return parts.count == 2 ? String(parts[0]) : nil
    }

    /// The part behind the slash.
    public var name: String { String(description.split(separator: "/").last ?? "") }

    /// Whether a text could name a repository.
    public static func isValid(_ text: String) -> Bool { problem(text) == nil }

    /// The folder of the cache: `models--namespace--name`.
    func cacheFolder(_ type: RepositoryType) -> String {
        ([type.apiName] + description.split(separator: "/").map(String.init)).joined(separator: "--")
    }

    private static func problem(_ text: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return "it must be name or namespace/name" }
        for part in parts {
            guard let first = part.utf8.first, let last = part.utf8.last else { return "a part of it is empty" }
            guard part.utf8.allSatisfy(isAllowed) else {
                return "letters, digits, '-', '_' and '.' alone may stand in it"
            }
            if isEdge(first) || isEdge(last) { return "its parts may not begin or end with '-' or '.'" }
        }
        if text.utf8.count > longest { return "it is longer than \(longest) characters" }
        if text.contains("--") || text.contains("..") { return "'--' and '..' may not stand in it" }
        if text.hasSuffix(".git") { return "it may not end with .git" }
        return nil
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func isEdge(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") }
}
