import Foundation
import OrderedJSON

/// What the Hub says about a repository.
public struct RepositoryInfo: Sendable, Hashable {
    public let id: String
    /// The commit that the revision is now.
    public let sha: String
    /// Tags of its card, such as `license:apache-2.0`.
    public let tags: [String]
}

extension HfApi {
    /// Asks what a repository's revision is now.
    ///
    /// - Throws: ``HubError``.
    public func repoInfo(
        _ repoId: String, repoType: RepositoryType = .model, revision: String? = nil
    ) async throws -> RepositoryInfo {
        try await info(repoId, repoType, revision, persistently: true)
    }

    /// - Parameter persistently: Whether to try again where the server does not answer; not where the cache may do.
    func info(
        _ repoId: String, _ repoType: RepositoryType, _ revision: String?, persistently: Bool
    ) async throws -> RepositoryInfo {
        let id = try RepositoryID(repoId)
        try requireNetwork("what \(id) is")
        let named = try revision.map { try Revision($0).description }
        let path = "\(repoType.apiName)/\(id)" + (named.map { "/revision/\($0.percentEncoded())" } ?? "")
        let url = try client.endpoint.api(path)
        let subject = HubSubject(id: repoId, revision: named ?? Revision.standard)
        let request = HubRequest(.get, url, timeout: environment.etagTimeout)
        let (json, _) = try await client.json(request, about: subject, persistently: persistently)
        guard let sha = json["sha"]?.stringValue, CommitHash(sha) != nil else {
            throw HubError.malformedAnswer(url: url.forMessages, reason: "it names no commit (sha)")
        }
        return RepositoryInfo(
            id: json["id"]?.stringValue ?? repoId, sha: sha,
            tags: (json["tags"]?.arrayValue ?? []).compactMap(\.stringValue))
    }

    /// Lists the files of a revision, all folders included.
    ///
    /// - Throws: ``HubError``.
    public func listRepoTree(
        _ repoId: String, repoType: RepositoryType = .model, revision: String? = nil
    ) async throws -> [RepositoryFile] {
        let id = try RepositoryID(repoId)
        try requireNetwork("the files of \(id)")
        let revision = try Revision(revision)
        var next: URL? = try client.endpoint.api(
            "\(repoType.apiName)/\(id)/tree/\(revision.description.percentEncoded())",
            query: [("recursive", "true"), ("expand", "false")])
        var files: [RepositoryFile] = []
        var pages = 0
        while let url = next {
            let subject = HubSubject(id: repoId, revision: revision.description)
            let (json, head) = try await client.json(url, about: subject, timeout: environment.downloadTimeout)
            func malformed(_ reason: String) -> HubError { .malformedAnswer(url: url.forMessages, reason: reason) }
            guard let entries = json.arrayValue else { throw malformed("it is no list of files") }
            for entry in entries {
                do throws(RepositoryFile.EntryProblem) {
                    if let file = try RepositoryFile.listed(entry) { files.append(file) }
                } catch {
                    throw malformed(error.reason)
                }
            }
            pages += 1
            guard files.count <= Self.mostFiles, pages <= Self.mostPages else { throw malformed("it has no end") }
            next = try nextPage(head, after: url)
        }
        return files
    }

    private static let mostFiles = 1_000_000
    private static let mostPages = 10_000

    /// `Link: <https://…?cursor=…>; rel="next"`
    private func nextPage(_ head: HubResponseHead, after url: URL) throws(HubError) -> URL? {
        for link in (head["link"] ?? "").split(separator: ",") {
            let parts = link.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            guard let address = parts.first, address.hasPrefix("<"), address.hasSuffix(">"),
                parts.dropFirst().contains(where: { $0 == "rel=\"next\"" || $0 == "rel=next" })
            else { continue }
            let text = client.endpoint.own(String(address.dropFirst().dropLast()))
            guard let next = URL(string: text, relativeTo: url)?.absoluteURL, client.endpoint.isHub(next), next != url
            else {
                throw .malformedAnswer(url: url.forMessages, reason: "its next page is on another server")
            }
            return next
        }
        return nil
    }
}
