import ArgumentParser
import Foundation
import SwiftTrainer

/// `trainer demo`
struct DemoCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Fine-tunes a model on generated sentences, from start to end in minutes.",
        discussion: """
            Writes the sentences as CSV files, measures the untrained model, trains, saves, loads the saved folder again \
            and measures that on sentences that training has not seen.
            """)

    @Option(help: "The folder of the pretrained model.")
    var model: String?

    @Option(help: ArgumentHelp("Train a small BERT from nothing, without a pretrained model.", valueName: "true|false"))
    var fromScratch: Bool = false

    @Option(help: "The folder for data, model and results.")
    var outputDir = "trainer_demo"

    @Option(help: "Sentences to train on, 60 to 40000 (default: 2400; 12000 from scratch).")
    var rows: Int?

    @Option(help: "The seed of the sentences and of training.")
    var seed = 42

    static let switches: Set<String> = ["from-scratch"]
    static let ownFlags: Set<String> = ["model", "from-scratch", "output-dir", "rows", "seed"]
    /// Where `scripts/setup` puts the model.
    static let standardModel = ".deps/models/all-MiniLM-L6-v2"

    func perform(_ arguments: TrainingArguments) throws {
        if let rows, !(60...40_000).contains(rows) {
            throw CommandFailure.usage("--rows is \(rows), but must be from 60 to 40000")
        }
        if fromScratch, model != nil { throw CommandFailure.usage("--model and --from-scratch exclude each other") }
        let demo = DemoRun(
            model: fromScratch ? nil : try modelFolder(), folder: outputDir,
            rows: rows ?? (fromScratch ? 12_000 : 2_400),
            seed: seed)
        try demo.perform()
    }

    private func modelFolder() throws -> String {
        if let model { return model }
        guard FileManager.default.fileExists(atPath: Self.standardModel) else {
            throw CommandFailure.failed(
                "there is no model in \(Self.standardModel); run scripts/setup, name a folder with --model, or train "
                    + "without one with --from-scratch")
        }
        return Self.standardModel
    }
}
