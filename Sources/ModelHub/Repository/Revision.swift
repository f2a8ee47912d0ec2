/// A state of a repository: a branch, a tag, a commit, or a pull request's `refs/pr/1`.
struct Revision: Sendable, Hashable, CustomStringConvertible {
    let description: String

    static let standard = "main"

    /// - Throws: ``HubError/invalidRevision(_:)`` for names that git would not take, or that leave the cache's folder.
    init(_ name: String?) throws(HubError) {
        let name = name ?? Self.standard
        guard (try? RepositoryPath(name)) != nil, name.utf8.count <= 255, !name.contains(" "), !name.hasPrefix("-")
        else { throw .invalidRevision(name) }
        description = name
    }

    /// The commit, where the revision is one by its full name.
    var commit: CommitHash? { CommitHash(description) }
}

/// The full name of a commit: 40 hexadecimal digits.
struct CommitHash: Sendable, Hashable, CustomStringConvertible {
    let description: String

    init?(_ text: String) {
        guard text.isLowercaseHex(40) else { return nil }
        description = text
    }
}

extension String {
    /// Whether the text is so many hexadecimal digits, in lower case.
    func isLowercaseHex(_ count: Int) -> Bool {
        utf8.count == count
            && utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
