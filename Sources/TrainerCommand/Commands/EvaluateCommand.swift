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
    @OptionGroup(title: "Hub") var hub: HubOptions

    static let trainingFlags = TrainingFlags.inference
    static let switches = ColumnOptions.switches
    static let ownFlags = Set(["model", "file", "max-eval-samples"]).union(ColumnOptions.flags)
        .union(HubOptions.flags)

    func perform(_ arguments: TrainingArguments) throws {
        try arguments.validate()
        if let maxEvalSamples, maxEvalSamples < 1 {
            throw CommandFailure.usage("--max-eval-samples is \(maxEvalSamples), but must be at least 1")
        }
        let model = try hub.folder(model, .all)
        let configuration = try AutoConfig.fromPretrained(folder: model)
        let stored = try TextClassificationSettings.load(folder: model)
        let choice = columns.choice(orStored: stored)
        let input = try TextFile(file, quoting: columns.quoting)
        let rows = try input.load(stringColumns: choice.names)
        let (found, notes) = try choice.columns(in: rows, file: file, needsLabel: true)
        for note in notes { Console.note("note: \(note)") }
        let split = try TextClassificationSplit(
            rows.take(maxEvalSamples ?? .max), input, found, labels: LabelMapping(names: configuration.labels))
        let encoder = try TextClassificationEncoder(
            tokenizer: try AutoTokenizer.fromPretrained(folder: model), columns: found,
            maxLength: columns.maxLength ?? stored?.maxLength, configuration: configuration, folder: model)
        let encoded = try encoder.encode(split.rows, labels: split.labels)
        let loaded = try AutoModelForSequenceClassification.fromPretrained(folder: model)
        let trainer = try Trainer(
            model: loaded, arguments: arguments, evalDataset: encoded, processingClass: encoder.tokenizer,
            computeMetrics: { ["accuracy": accuracy($0.predictions.argmax(dim: -1), $0.labelIds)] })
        var metrics = try trainer.evaluate()
        // Of a run that this is none of.
        metrics["epoch"] = nil
        metrics.set("eval_samples", .int(encoded.numRows))
        Console.print(JSONValue.object(metrics.json).serialized(JSONFormat(indent: 2)))
    }
}
