public import ArgumentParser
import Foundation
public import SwiftTrainer

/// `trainer download`
struct DownloadCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "download", abstract: "Downloads a repository of the Hub into Hugging Face's cache.",
        discussion: """
            Prints the folder, which --model takes, and so does Python. Files that are there are not read again, and a \
            download that was broken off goes on. Variables: HF_ENDPOINT, HF_TOKEN, HF_HOME, HF_HUB_CACHE, \
            HF_HUB_OFFLINE.
            """)

    @Argument(help: "The repository: org/name.")
    var repository: String

    @Argument(help: "Files of it (default: all).")
    var files: [String] = []

    @Option(help: "What the repository holds: model, dataset or space.")
    var repoType: RepositoryType = .model

    @Option(help: "Patterns of the files that are wanted, such as '*.json'; may be given several times.")
    var include: [String] = []

    @Option(help: "Patterns of files that are not wanted; may be given several times.")
    var exclude: [String] = []

    @Option(help: "The folder of repositories (default: HF_HUB_CACHE).")
    var cacheDir: String?

    @Option(help: "A folder to put the files themselves into, in place of the cache.")
    var localDir: String?

    @Option(help: "Files that are downloaded at the same time.")
    var maxWorkers = 8

    @Option(help: ArgumentHelp("Read files again even if they are there.", valueName: "true|false"))
    var forceDownload = false

    @Option(help: ArgumentHelp("Take what the cache has, and ask nothing.", valueName: "true|false"))
    var localFilesOnly = false

    @OptionGroup(title: "Hub") var hub: HubOptions

    static let switches: Set<String> = ["force-download", "local-files-only"]
    static let ownFlags = Set([
        "repo-type", "include", "exclude", "cache-dir", "local-dir", "max-workers", "force-download",
        "local-files-only",
    ]).union(HubOptions.flags)

    func perform(_ arguments: TrainingArguments) throws {
        let bar = TransferBar(repository)
        let api = try HfApi(token: HubToken(hub.token), cacheDir: cacheDir)
        let place = try HubWork.wait(bar) { [self, repository, repoType, hub] () -> URL in
            if files.count == 1, include.isEmpty, exclude.isEmpty {
                return try await api.hfHubDownload(
                    repository, filename: files[0], repoType: repoType, revision: hub.revision,
                    localDir: localDir, localFilesOnly: localFilesOnly, forceDownload: forceDownload,
                    progress: bar.update)
            }
            let names = files.map { FilePatterns.literal($0) } + include
            return try await api.snapshotDownload(
                repository, repoType: repoType, revision: hub.revision,
                patterns: FilePatterns(allow: names.isEmpty ? nil : names, ignore: exclude),
                localDir: localDir, localFilesOnly: localFilesOnly, forceDownload: forceDownload,
                maxWorkers: maxWorkers,
                progress: bar.update)
        }
        Console.print(place.path.hasSuffix("/") ? String(place.path.dropLast()) : place.path)
    }
}

extension RepositoryType: ExpressibleByArgument {}
