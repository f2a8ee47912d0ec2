import ArgumentParser
import Foundation
import SwiftTrainer

/// From where on the Hub a model comes, where it is none of the disk.
struct HubOptions: ParsableArguments {
    @Option(help: "The branch, tag or commit of a model or data set of the Hub (default: main).")
    var revision: String?

    @Option(help: "The access token for the Hub (default: HF_TOKEN, or that of a login).")
    var token: String?

    static let flags: Set<String> = ["revision", "token"]

    /// The folder of a model: one of the disk, or of the Hub's cache, filled with what is needed.
    func folder(_ model: String, _ parts: PretrainedFolder.Parts) throws -> String {
        if PretrainedFolder.exists(model) { return model }
        let revision = revision
        let token = HubToken(token)
        let bar = TransferBar(model)
        return try HubWork.wait(bar) {
            try await PretrainedFolder.find(
                model, parts, otherFiles: [TaskSettings.fileName, GenerationConfig.fileName], revision: revision,
                api: HfApi(token: token), progress: bar.update)
        }.path
    }
}

/// Work with the Hub that a command waits for.
enum HubWork {
    static func wait<Output: Sendable>(
        _ bar: TransferBar, _ work: @escaping @Sendable () async throws -> Output
    ) throws -> Output {
        defer { bar.close() }
        return try BlockingHubTask(work).wait()
    }
}
