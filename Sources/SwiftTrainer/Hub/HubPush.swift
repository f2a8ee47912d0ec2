import Foundation
import ModelHub
import Training

/// The uploads of one training run: the repository, and what is on its way.
final class HubPush {
    let api: HfApi
    private let arguments: TrainingArguments
    private(set) var repository: String?
    private var jobs: [(name: String, task: BlockingHubTask<Void>)] = []
    /// Whether the trainer saves the model for an upload that is under way.
    var isSaving = false

    /// Files that are none of the model's: checkpoints are uploaded by name, temporary ones never.
    static let ignored = ["_*", "checkpoint-*", ".tmp-*", ".run.json"]

    /// - Throws: `HubError`.
    init(_ arguments: TrainingArguments, endpoint: String? = nil, token: AccessToken? = nil) throws {
        self.arguments = arguments
        api = try HfApi(endpoint: endpoint, token: HubToken((token ?? arguments.hubToken)?.value))
    }

    /// Makes the repository where there is none, and tells its full name.
    ///
    /// - Throws: `HubError`.
    @discardableResult
    func prepare(isPrivate: Bool? = nil) throws -> String {
        if let repository { return repository }
        let name = arguments.hubModelId ?? arguments.outputFolder.standardizedFileURL.lastPathComponent
        let isPrivate = isPrivate ?? arguments.hubPrivateRepo
        let made = try BlockingHubTask { [api] in
            try await api.createRepo(name, isPrivate: isPrivate, existOk: true)
        }.wait()
        repository = made
        return made
    }

    /// Whether an upload is under way.
    var isBusy: Bool { jobs.contains { !$0.task.isFinished } }

    /// Waits for all uploads; what went wrong is told in warnings, for training does not depend on it.
    func finish() {
        for job in jobs {
            do { try job.task.wait() } catch { Warnings.warn("\(job.name) was not uploaded: \(error)") }
        }
        jobs = []
    }

    /// Uploads folders one after the other in the background, then deletes the copies.
    func start(_ name: String, _ folders: [(folder: URL, pathInRepo: String?, message: String)], copies: URL) throws {
        jobs.removeAll { job in
            guard job.task.isFinished else { return false }
            do { try job.task.wait() } catch { Warnings.warn("\(job.name) was not uploaded: \(error)") }
            return true
        }
        let repository = try prepare()
        let revision = arguments.hubRevision
        // One after the other: the newest checkpoint's commit must be the last.
        let previous = jobs.last?.task
        let task = BlockingHubTask { [api] in
            _ = try? previous?.wait()
            defer { try? FileManager.default.removeItem(at: copies) }
            for (folder, pathInRepo, message) in folders {
                try await api.uploadFolder(
                    folder, repoId: repository, pathInRepo: pathInRepo, revision: revision, message: message,
                    patterns: FilePatterns(ignore: Self.ignored))
            }
        }
        jobs.append((name, task))
    }

    /// Uploads the output folder, and waits for it.
    ///
    /// - Throws: `HubError`.
    func upload(message: String, revision: String?) throws -> CommitInfo {
        let repository = try prepare()
        let folder = arguments.outputFolder
        let revision = revision ?? arguments.hubRevision
        return try BlockingHubTask { [api] in
            try await api.uploadFolder(
                folder, repoId: repository, revision: revision, message: message,
                patterns: FilePatterns(ignore: Self.ignored))
        }.wait()
    }
}
