import Foundation

/// What the Hub says about a file before it is downloaded.
struct FileMetadata: Sendable {
    /// The commit that the revision is now.
    let commit: CommitHash
    /// The name of the content: SHA-256 for LFS files, git's SHA-1 for others.
    let etag: ETag
    /// Bytes; nil where the server does not say.
    let size: Int?
    /// Where the content is, perhaps on another server, with a signature.
    let location: URL
    /// The address on the Hub.
    let hubLocation: URL

    /// By what the content is checked: its name where that is a hash, or else what the repository's list says; nil where
    /// neither is known.
    ///
    /// - Throws: ``HubError/malformedAnswer(url:reason:)`` where the two contradict each other.
    func checksum(_ listed: RepositoryFile?) throws(HubError) -> Checksum? {
        guard let own = etag.checksum, let listed = listed?.checksum else { return etag.checksum ?? listed?.checksum }
        guard own == listed else {
            throw .malformedAnswer(
                url: hubLocation.forMessages,
                reason: "its ETag \(own.digits) is not the hash in the list of files, \(listed.digits)")
        }
        return own
    }
}

/// The name of a file's content; also its name in the cache.
struct ETag: Sendable, Hashable, CustomStringConvertible {
    let description: String

    /// - Parameter header: `"…"` or `W/"…"`.
    init?(header: String) {
        let bare = String(header.drop { $0 == "W" || $0 == "/" }).trimmingCharacters(in: ["\""])
        // It becomes a file's name.
        let isSafe = bare.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isSafe, !bare.isEmpty, bare.utf8.count <= 200, !bare.hasPrefix(".") else { return nil }
        description = bare
    }

    /// How content of this name is checked; nil where the name is no known hash.
    var checksum: Checksum? {
        let digits = description.lowercased()
        if digits.isLowercaseHex(64) { return Checksum(kind: .sha256, digits: digits) }
        return digits.isLowercaseHex(40) ? Checksum(kind: .gitBlob, digits: digits) : nil
    }
}

extension HfApi {
    /// Asks for a file's metadata.
    ///
    /// - Parameter persistently: Whether to try again where the server does not answer; Python asks once, for the cache may
    ///   do.
    func metadata(
        _ path: RepositoryPath, of id: RepositoryID, _ type: RepositoryType, _ revision: Revision, persistently: Bool
    ) async throws -> FileMetadata {
        let url = try client.endpoint.file(path, of: id, type, revision: revision.description)
        var request = HubRequest(.head, url, timeout: environment.etagTimeout)
        // The size must be the file's own.
        request.headers = [("Accept-Encoding", "identity")]
        let subject = HubSubject(id: id.description, revision: revision.description, file: path.description)
        let answer: HubAnswer
        do {
            answer =
                try await persistently
                ? client.sendPersistently(request, about: subject, following: .withinHub, to: NoBody())
                : client.send(request, about: subject, following: .withinHub, to: NoBody())
        } catch let error as HubStatusError {
            if case .fileNotFound = error.error { noteAbsence(path, id, type, revision, error.head) }
            throw error.error
        }
        let head = answer.head
        func malformed(_ reason: String) -> HubError { .malformedAnswer(url: url.forMessages, reason: reason) }
        guard let commit = head["x-repo-commit"].flatMap({ CommitHash($0) }) else {
            throw malformed("it names no commit (X-Repo-Commit); look at HF_ENDPOINT and at proxies")
        }
        guard let etag = (head["x-linked-etag"] ?? head["etag"]).flatMap({ ETag(header: $0) }) else {
            throw malformed("it does not name the content (ETag)")
        }
        var size = head["x-linked-size"].flatMap { Int($0) }
        if size == nil, !head.isRedirect, (head["content-encoding"] ?? "identity") == "identity" {
            size = head["content-length"].flatMap { Int($0) }
        }
        if let size, !(0...Self.largestFile).contains(size) { throw malformed("the file's size is \(size)") }
        let location = head.isRedirect ? head["location"].flatMap { URL(string: $0, relativeTo: answer.url) } : nil
        return FileMetadata(
            commit: commit, etag: etag, size: size, location: location?.absoluteURL ?? answer.url,
            // Of the commit: a branch may move before the content is whole.
            hubLocation: try client.endpoint.file(path, of: id, type, revision: commit.description))
    }

    private static let largestFile = 1 << 50

    /// Remembers that a commit lacks the file, as Python does; a cache that cannot be written is no matter here.
    private func noteAbsence(
        _ path: RepositoryPath, _ id: RepositoryID, _ type: RepositoryType, _ revision: Revision,
        _ head: HubResponseHead
    ) {
        guard let commit = head["x-repo-commit"].flatMap({ CommitHash($0) }) else { return }
        let cache = RepositoryCache(id, type, in: cacheDir)
        try? cache.noteAbsence(of: path, at: commit)
        try? cache.setReference(revision, to: commit)
    }
}
