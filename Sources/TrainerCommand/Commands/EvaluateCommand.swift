import ArgumentParser
import Foundation
import OrderedJSON
import SwiftTrainer

/// `trainer evaluate`
struct EvaluateCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measures a trained model on a file with labels.",
        discussion: "Prints the metrics as JSON. Columns default to those of training.")

    @Option(help: "The folder of the trained model, or one of its checkpoints; or one of the Hub: org/name.")
    var model: String

    @Option(help: "Rows with labels: .csv, .tsv, .jsonl or .json (one object a line).")
    var file: String

    @Option(help: "Evaluate on the first rows only.")
    var maxEvalSamples: Int?

    @OptionGroup(title: "Columns") var columns: ColumnOptions
    @OptionGroup(title: "Task") var options: TaskOptions
    @OptionGroup(title: "Hub") var hub: HubOptions

    static let trainingFlags = TrainingFlags.inference
    static let switches = ColumnOptions.switches.union(TaskOptions.switches)
    static let ownFlags = Set(["model", "file", "max-eval-samples"]).union(ColumnOptions.flags)
        .union(TaskOptions.flags).union(HubOptions.flags)

    func perform(_ arguments: TrainingArguments) throws {
        try arguments.validate()
        if let maxEvalSamples, maxEvalSamples < 1 {
            throw CommandFailure.usage("--max-eval-samples is \(maxEvalSamples), but must be at least 1")
        }
        let ranks = try Ranks.join(arguments)
        Console.isHeard = ranks.isFirst
        let model = try ranks.mainProcessFirst { try hub.folder(self.model, .all) }
        let task = try CommandTasks.stored(in: model)
        try columns.check(.evaluate, task)
        try options.check(.evaluate, task)
        let prepared = try task.evaluation(
            InferenceInputs(
                arguments: arguments, model: model, file: file, columns: columns, options: options,
                maxSamples: maxEvalSamples))
        let trainer = try prepared.trainer(arguments)
        var metrics = try prepared.evaluate(trainer)
        // Of a run that this is none of.
        metrics["epoch"] = nil
        Console.print(JSONValue.object(metrics.json).serialized(JSONFormat(indent: 2)))
    }
}
