import ArgumentParser
import SwiftTrainer

/// The command `trainer`.
struct TrainerTool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trainer",
        abstract: "Fine-tunes pretrained models on your own data, as Python's Trainer does, without Python.",
        discussion: """
            Train on a file with texts and labels, evaluate and predict with what came out:

              trainer train --model MODEL --train-file train.csv --validation-split 0.1 --output-dir out
              trainer evaluate --model out --file test.csv
              trainer predict --model out --file new.csv --output predictions.jsonl
            """,
        version: version,
        subcommands: commands)

    static let version = swiftTrainerVersion

    static let commands: [any TrainerSubcommand.Type] = [
        TrainCommand.self, EvaluateCommand.self, PredictCommand.self, DemoCommand.self, InspectCommand.self,
        DescribeCommand.self, MergeCommand.self, TokenizeCommand.self, TrainTokenizerCommand.self,
        DownloadCommand.self, UploadCommand.self, LaunchCommand.self, DoctorCommand.self, ReferenceCommand.self,
    ]
}
