import Foundation
import OrderedJSON

extension HfApi {
    /// Makes a repository.
    ///
    /// - Parameters:
    ///   - repoId: `org/name`, or a bare name for one of the token's owner.
    ///   - repoType: What kind of repository it is.
    ///   - isPrivate: Whether others can see it; nil: as the owner's settings say.
    ///   - existOk: Whether it is no error if the repository exists.
    /// - Returns: The full name: `owner/name`.
    /// - Throws: ``HubError``.
    @discardableResult
    public func createRepo(
        _ repoId: String, repoType: RepositoryType = .model, isPrivate: Bool? = nil, existOk: Bool = false
    ) async throws -> String {
        let id = try RepositoryID(repoId)
        try requireNetwork("a new repository")
        var payload: JSONObject = [
            "name": .string(id.name), "organization": id.namespace.map { .string($0) } ?? .null,
        ]
        if let isPrivate { payload["visibility"] = isPrivate ? "private" : "public" }
        payload["type"] = .string(repoType.rawValue)
        if repoType == .space { payload["sdk"] = "static" }
        let url = try client.endpoint.api("repos/create")
        var request = HubRequest(.post, url, timeout: environment.downloadTimeout)
        request.body = .data(Data(JSONValue.object(payload).serializedBytes(.compact)))
        request.headers = [("Content-Type", "application/json")]
        let collector = BodyCollector(limit: 1 << 20, url: url)
        do {
            _ = try await client.send(request, about: nil, to: collector)
        } catch let error as HubStatusError {
            guard existOk, [401, 402, 403, 409].contains(error.head.status) else { throw error.error }
            // A token without the right to make repositories may have that to write to this one.
            if error.head.status == 409, id.namespace != nil { return repoId }
            if let existing = try? await repoInfo(try await fullName(of: id), repoType: repoType) { return existing.id }
            throw error.error
        }
        guard let answer = try? JSONValue(parsing: collector.body, depthLimit: Self.deepestAnswer),
            let text = answer["url"]?.stringValue, let page = URL(string: text)
        else { throw HubError.malformedAnswer(url: url.forMessages, reason: "it names no repository (url)") }
        let name = page.path().split(separator: "/").suffix(2).joined(separator: "/")
        return try RepositoryID(name).description
    }

    private static let deepestAnswer = 32

    /// With the owner of the token in front of a bare name.
    private func fullName(of id: RepositoryID) async throws -> String {
        if id.namespace != nil { return id.description }
        let url = try client.endpoint.api("whoami-v2")
        let (json, _) = try await client.json(url, about: nil, timeout: environment.downloadTimeout)
        guard let name = json["name"]?.stringValue else {
            throw HubError.malformedAnswer(url: url.forMessages, reason: "it does not name the token's owner")
        }
        return try RepositoryID("\(name)/\(id)").description
    }

    /// Makes a branch where there is none of that name.
    ///
    /// - Parameters:
    ///   - repoId: The repository: `org/name`.
    ///   - branch: The branch's name.
    ///   - repoType: What kind of repository it is.
    ///   - startingPoint: A revision; nil: `main`.
    /// - Throws: ``HubError``.
    public func createBranch(
        _ repoId: String, branch: String, repoType: RepositoryType = .model, startingPoint: String? = nil
    ) async throws {
        let id = try RepositoryID(repoId)
        try requireNetwork("a new branch")
        let branch = try Revision(branch)
        let url = try client.endpoint.api("\(repoType.apiName)/\(id)/branch/\(branch.description.percentEncoded())")
        let payload: JSONObject = startingPoint.map { ["startingPoint": .string($0)] } ?? [:]
        do {
            _ = try await client.post(
                .object(payload), to: url, about: HubSubject(id: repoId, revision: branch.description),
                timeout: environment.downloadTimeout, persistently: false)
        } catch HubError.status(409, _, _) {}
    }
}
