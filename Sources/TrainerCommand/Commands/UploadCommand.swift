import ArgumentParser
import Foundation
import SwiftTrainer

/// `trainer upload`
struct UploadCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "Uploads a folder to a repository of the Hub, which is made if need be.",
        discussion: """
            Makes one commit, and prints its address. What the repository has already is not sent again. Checkpoints are \
            left out unless --include names them. Needs a token that may write: HF_TOKEN, --token, or a login.
            """)

    @Argument(help: "The folder.")
    var folder: String

    @Argument(help: "The repository: org/name, or a bare name for one of your own.")
    var repository: String

    @Argument(help: "The folder of the repository (default: its top).")
    var pathInRepo: String?

    @Option(help: "What the repository holds: model, dataset or space.")
    var repoType: RepositoryType = .model

    @Option(help: "Patterns of the files that are uploaded, such as '*.json'; may be given several times.")
    var include: [String] = []

    @Option(help: "Patterns of files that are not; may be given several times.")
    var exclude: [String] = []

    @Option(help: "Patterns of files of the repository that the commit deletes; may be given several times.")
    var delete: [String] = []

    @Option(help: "The commit's message.")
    var commitMessage: String?

    @Option(
        help: ArgumentHelp(
            "Whether a new repository is private (default: as your settings say).", valueName: "true|false"))
    var `private`: Bool?

    @Option(help: ArgumentHelp("Whether to make a pull request of the commit.", valueName: "true|false"))
    var createPr: Bool?

    @OptionGroup(title: "Hub") var hub: HubOptions

    static let switches: Set<String> = ["private", "create-pr"]
    static let ownFlags = Set([
        "repo-type", "include", "exclude", "delete", "commit-message", "private", "create-pr",
    ]).union(HubOptions.flags)

    private static let checkpoints = ["checkpoint-*", ".tmp-*"]

    func perform(_ arguments: TrainingArguments) throws {
        let bar = TransferBar(repository)
        let api = try HfApi(token: HubToken(hub.token))
        let source = URL(filePath: folder, directoryHint: .isDirectory)
        guard PretrainedFolder.exists(folder) else { throw CommandFailure.failed("\(folder) is not a folder") }
        let commit = try HubWork.wait(bar) { [self, hub] () -> CommitInfo in
            let id = try await api.createRepo(repository, repoType: repoType, isPrivate: `private`, existOk: true)
            let opensPullRequest = createPr ?? false
            if let revision = hub.revision, !opensPullRequest {
                do { _ = try await api.repoInfo(id, repoType: repoType, revision: revision) } catch HubError
                    .revisionNotFound
                { try await api.createBranch(id, branch: revision, repoType: repoType) }
            }
            let patterns = FilePatterns(
                allow: include.isEmpty ? nil : include, ignore: exclude + (include.isEmpty ? Self.checkpoints : []))
            return try await api.uploadFolder(
                source, repoId: id, repoType: repoType, pathInRepo: pathInRepo, revision: hub.revision,
                message: commitMessage ?? "Upload folder with Swift Trainer", patterns: patterns,
                deletePatterns: delete.isEmpty ? nil : delete, createPullRequest: opensPullRequest,
                progress: bar.update)
        }
        Console.print(commit.pullRequestUrl ?? commit.commitUrl)
    }
}
