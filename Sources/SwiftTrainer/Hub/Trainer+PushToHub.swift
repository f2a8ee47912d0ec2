import Foundation
public import ModelHub
public import Training

extension Trainer {
    /// Saves the model, writes its card, and uploads the output folder without checkpoints; waits until that is done.
    /// Collective where there are several ranks: rank 0 uploads, and all get the answer.
    ///
    /// - Parameters:
    ///   - commitMessage: The first line of the commit's message.
    ///   - token: nil: `hubToken`, or that of the environment or of a login.
    ///   - revision: nil: `hubRevision`, or `main`.
    ///   - isPrivate: Whether the repository is private when it is made; nil: `hubPrivateRepo`.
    ///   - complete: Adds to the model card what the trainer does not know: language, license, data sets.
    /// - Throws: `HubError`, `TrainingError`.
    @discardableResult
    public func pushToHub(
        commitMessage: String = "End of training", token: AccessToken? = nil, revision: String? = nil,
        isPrivate: Bool? = nil, _ complete: (inout TrainingSummary) -> Void = { _ in }
    ) throws -> CommitInfo {
        guard ranks.areSeveral else {
            return try pushAlone(commitMessage, token, revision, isPrivate, complete) { try saveModel() }
        }
        // All have a part in a save, rank 0 alone in the upload.
        try saveModelFiles()
        return try ranks.fromFirst(CommitInfo.self) {
            try pushAlone(commitMessage, token, revision, isPrivate, complete) {}
        }
    }

    private func pushAlone(
        _ commitMessage: String, _ token: AccessToken?, _ revision: String?, _ isPrivate: Bool?,
        _ complete: (inout TrainingSummary) -> Void, save: () throws -> Void
    ) throws -> CommitInfo {
        let own = uploadingCallback as? PushToHubCallback
        let push =
            try token == nil
            ? own?.push(arguments) ?? HubPush(arguments)
            : HubPush(arguments, endpoint: own?.endpoint, token: token)
        let repository = try push.prepare(isPrivate: isPrivate)
        try tellPushBegin()
        push.isSaving = true
        own?.push?.isSaving = true
        defer {
            push.isSaving = false
            own?.push?.isSaving = false
        }
        try save()
        try createModelCard(modelName: repository.split(separator: "/").last.map(String.init)) { summary in
            if let origin = summary.finetunedFrom { summary.license = push.license(of: origin) }
            complete(&summary)
        }
        own?.push?.finish()
        return try push.upload(message: commitMessage, revision: revision)
    }
}

extension HubPush {
    /// The license of a repository by its tags; nil where it is not to be found out.
    func license(of repository: String) -> String? {
        let info = try? BlockingHubTask { [api] in try await api.repoInfo(repository) }.wait()
        return info?.tags.first { $0.hasPrefix("license:") }.map { String($0.dropFirst("license:".count)) }
    }
}
