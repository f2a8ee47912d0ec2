/// The name of a file in a repository, relative to its top, with `/` between folders; never one that leads elsewhere.
struct RepositoryPath: Sendable, Hashable, CustomStringConvertible {
    let description: String

    /// File systems take no longer names, and links need room before theirs.
    private static let longestPart = 255
    private static let longest = 2048

    /// - Throws: ``HubError/unsafeName(_:)`` for names that leave the folder, on any system: `..`, absolute ones,
    ///   backslashes, drive letters, control characters.
    init(_ name: String) throws(HubError) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isSafe =
            !name.isEmpty && name.utf8.count <= Self.longest
            && parts.allSatisfy { part in
                !part.isEmpty && part != "." && part != ".." && part.utf8.count <= Self.longestPart
                    && part.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
                    && !Self.hasDrive(part)
            }
        guard isSafe else { throw .unsafeName(name) }
        description = name
    }

    /// The folders in front of the file's own name, and that name.
    var parts: [String] { description.split(separator: "/").map(String.init) }

    private static func hasDrive(_ part: Substring) -> Bool {
        let bytes = Array(part.utf8.prefix(2))
        guard bytes.count == 2, bytes[1] == UInt8(ascii: ":") else { return false }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[0] | 0x20)
    }
}
