import ArgumentParser
import Foundation
import SwiftTrainer

/// `trainer merge`
struct MergeCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Makes a plain model of one with an adapter.",
        discussion: """
            Adds the adapter's product to the weights of the model below and writes the whole model, with its tokenizer: \
            it runs as fast as one that was trained whole, and every program reads it.
            """)

    @Option(help: "The folder of the adapter, or a checkpoint with one; or one of the Hub: org/name.")
    var model: String

    @Option(help: "The folder of the merged model.")
    var outputDir: String

    @OptionGroup(title: "Hub") var hub: HubOptions

    static let ownFlags = Set(["model", "output-dir"]).union(HubOptions.flags)

    func perform(_ arguments: TrainingArguments) throws {
        let source = try hub.folder(model, .all)
        let target = URL(filePath: outputDir, directoryHint: .isDirectory)
        guard target.standardizedFileURL.path != URL(filePath: source).standardizedFileURL.path else {
            throw CommandFailure.usage("--output-dir must be another folder than --model: the adapter stays as it is")
        }
        try OutputFolder.check(outputDir)
        let merged = try AutoPeftModel.fromPretrained(folder: URL(filePath: source))
        try merged.mergeAndUnload()
        try merged.savePretrained(target)
        if hasTokenizer(source) { try AutoTokenizer.fromPretrained(folder: source).saveProcessing(to: target) }
        try TaskSettings.load(folder: source)?.save(folder: target.path)
        Console.note("the merged model is in \(target.path)")
    }

    private func hasTokenizer(_ folder: String) -> Bool {
        ["tokenizer.json", "vocab.txt", "tokenizer.model", "spiece.model", "vocab.json", "sentencepiece.bpe.model"]
            .contains { FileManager.default.fileExists(atPath: (folder as NSString).appendingPathComponent($0)) }
    }
}
