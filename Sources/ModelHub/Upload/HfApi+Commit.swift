import Foundation
import OrderedJSON

/// What a commit has become.
public struct CommitInfo: Sendable, Hashable, Codable {
    /// The commit's page.
    public let commitUrl: String
    /// The commit's name.
    public let oid: String
    /// The page of the pull request that was asked for.
    public let pullRequestUrl: String?
}

extension HfApi {
    /// Makes a commit: large and binary files go into LFS storage first, then all changes become one commit.
    ///
    /// Files that the repository has already are left out; where nothing is left there is no commit, and the one that the
    /// branch has is the answer.
    ///
    /// - Parameters:
    ///   - repoId: The repository: `org/name`.
    ///   - operations: What changes.
    ///   - message: The first line of the commit's message.
    ///   - description: What follows it.
    ///   - repoType: What kind of repository it is.
    ///   - revision: The branch; nil: `main`.
    ///   - createPullRequest: Whether to make a pull request of it.
    ///   - parentCommit: The commit that the branch must be at.
    ///   - progress: Told how much has been sent into LFS storage.
    /// - Throws: ``HubError``, `CancellationError`.
    @discardableResult
    public func createCommit(
        _ repoId: String, operations: [CommitOperation], message: String, description: String = "",
        repoType: RepositoryType = .model, revision: String? = nil, createPullRequest: Bool = false,
        parentCommit: String? = nil, progress: TransferProgressHandler? = nil
    ) async throws -> CommitInfo {
        let target = CommitTarget(
            id: try RepositoryID(repoId), type: repoType, revision: try Revision(revision),
            createsPullRequest: createPullRequest)
        try requireNetwork("a commit to \(repoId)")
        guard !message.isEmpty else { throw HubError.argument("a commit needs a message") }
        if let parentCommit, !(5...40).contains(parentCommit.count) || !parentCommit.allSatisfy(\.isHexDigit) {
            throw HubError.argument("'\(parentCommit)' is no commit")
        }
        var additions: [Addition] = []
        var deletions: [Deletion] = []
        for operation in operations {
            switch operation {
            case .add(let path, let file): additions.append(try Addition(path: path, source: .file(file)))
            case .addContent(let path, let data): additions.append(try Addition(path: path, source: .content(data)))
            case .delete(let path): deletions.append(Deletion(path: try RepositoryPath(path), isFolder: false))
            case .deleteFolder(let path):
                let path = path.hasSuffix("/") ? String(path.dropLast()) : path
                deletions.append(Deletion(path: try RepositoryPath(path), isFolder: true))
            }
        }
        if let card = additions.first(where: { $0.path.description == "README.md" }) {
            try await checkCard(card, repoType)
        }
        additions = try await HubNotice.told(to: progress) { [additions] progress in
            try await uploadLargeFiles(try await askModes(additions, target), target, progress)
        }
        let deleted = Set(deletions.map(\.path.description))
        additions = try await BlockingWork.run { [additions] isCancelled in
            try additions.filter { addition in
                guard !addition.isIgnored else { return false }
                return try !addition.isUnchanged(isCancelled: isCancelled) || addition.path.isDeleted(by: deleted)
            }
        }
        guard !additions.isEmpty || !deletions.isEmpty else { return try await lastCommit(target) }
        let payload = try CommitPayload(message: message, description: description, parentCommit: parentCommit)
        for deletion in deletions { try payload.append(deletion) }
        for addition in additions { try payload.append(addition) }
        return try await send(payload, target)
    }

    /// What is not committed because nothing changed: the branch as it is.
    private func lastCommit(_ target: CommitTarget) async throws -> CommitInfo {
        let info = try await repoInfo(
            target.id.description, repoType: target.type, revision: target.revision.description)
        return CommitInfo(
            commitUrl: "\(client.endpoint.page(target.id, target.type))/commit/\(info.sha)", oid: info.sha,
            pullRequestUrl: nil)
    }

    private func send(_ payload: CommitPayload, _ target: CommitTarget) async throws -> CommitInfo {
        let url = try client.endpoint.api(target.path("commit"), query: target.query)
        var request = HubRequest(.post, url, timeout: max(environment.downloadTimeout, Self.commitTimeout))
        request.headers = [("Content-Type", "application/x-ndjson")]
        request.body = .file(payload.file)
        // Not tried again: an answer that was lost would make it twice.
        let (answer, _) = try await client.json(request, about: target.subject, persistently: false)
        withExtendedLifetime(payload) {}
        guard let address = answer["commitUrl"]?.stringValue, let oid = answer["commitOid"]?.stringValue else {
            throw HubError.malformedAnswer(url: url.forMessages, reason: "it names no commit")
        }
        return CommitInfo(
            commitUrl: address, oid: oid,
            pullRequestUrl: target.createsPullRequest ? answer["pullRequestUrl"]?.stringValue : nil)
    }

    /// The server works on a commit before it answers.
    private static let commitTimeout = 120

    /// Asks how each file is to be sent.
    private func askModes(_ additions: [Addition], _ target: CommitTarget) async throws -> [Addition] {
        var result: [Addition] = []
        let url = try client.endpoint.api(target.path("preupload"), query: target.query)
        for start in stride(from: 0, to: additions.count, by: Self.batchSize) {
            let batch = additions[start..<min(start + Self.batchSize, additions.count)]
            let files = batch.map { addition -> JSONValue in
                [
                    "path": .string(addition.path.description),
                    "sample": .string(addition.sample.base64EncodedString()), "size": .int(addition.size),
                ]
            }
            let answer = try await client.post(
                ["files": .array(files)], to: url, about: target.subject, timeout: environment.downloadTimeout,
                persistently: true)
            var modes: [String: JSONValue] = [:]
            for file in answer["files"]?.arrayValue ?? [] { modes[file["path"]?.stringValue ?? ""] = file }
            for var addition in batch {
                guard let own = modes[addition.path.description],
                    let mode = own["uploadMode"]?.stringValue.flatMap({ Addition.Mode(rawValue: $0) })
                else {
                    throw HubError.malformedAnswer(
                        url: url.forMessages, reason: "it does not say how \(addition.path) is to be sent")
                }
                // Storage servers do not take empty files.
                addition.mode = addition.size == 0 ? .regular : mode
                addition.isIgnored = own["shouldIgnore"]?.boolValue ?? false
                addition.remoteName = own["oid"]?.stringValue
                result.append(addition)
            }
        }
        return result
    }

    static let batchSize = 256

    /// Lets the Hub check the metadata of a model card before anything is sent.
    private func checkCard(_ card: Addition, _ type: RepositoryType) async throws {
        guard card.size <= 1 << 20 else { return }
        let text = String(decoding: try card.bytes(0..<card.size), as: UTF8.self)
        let url = try client.endpoint.api("validate-yaml")
        do {
            _ = try await client.post(
                ["content": .string(text), "repoType": .string(type.rawValue)], to: url, about: nil,
                timeout: environment.downloadTimeout, persistently: true)
        } catch HubError.status(400, _, let message) {
            throw HubError.argument("the metadata of README.md is not right: \(message)")
        } catch HubError.status(404, _, _) {
            // Servers that only stand in for the Hub do not check.
        }
    }
}

/// Where a commit goes.
struct CommitTarget: Sendable {
    let id: RepositoryID
    let type: RepositoryType
    let revision: Revision
    let createsPullRequest: Bool

    var subject: HubSubject { HubSubject(id: id.description, revision: revision.description) }
    var query: [(name: String, value: String)] { createsPullRequest ? [("create_pr", "1")] : [] }

    func path(_ verb: String) -> String {
        "\(type.apiName)/\(id)/\(verb)/\(revision.description.percentEncoded())"
    }
}

struct Deletion: Sendable {
    let path: RepositoryPath
    let isFolder: Bool
}

extension RepositoryPath {
    /// Whether the path, or a folder that it is in, is one of those.
    func isDeleted(by paths: Set<String>) -> Bool {
        guard !paths.isEmpty else { return false }
        let parts = parts
        return parts.indices.contains { paths.contains(parts[...$0].joined(separator: "/")) }
    }
}
