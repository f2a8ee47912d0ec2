import ArgumentParser
import Foundation
import OrderedJSON
import SwiftTrainer

/// `trainer predict`
struct PredictCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Labels the texts of a file, or of standard input line by line.",
        discussion: """
            Writes one JSON object a row, in order. A classifier of texts gives {"label": …, "score": …, "scores": \
            {label: probability}}, a tagger of words {"tokens": […], "labels": […], "entities": […]}. Without \
            --file each line of standard input is a text, and is answered at once; a model of text pairs takes both \
            texts with a tab between them.
            """)

    @Option(help: "The folder of the trained model, or one of its checkpoints; or one of the Hub: org/name.")
    var model: String

    @Option(help: "Rows with texts: .csv, .tsv, .jsonl or .json (default: standard input).")
    var file: String?

    @Option(help: "Where the predictions go (default: standard output).")
    var output: String?

    @OptionGroup(title: "Columns") var columns: ColumnOptions
    @OptionGroup(title: "Task") var options: TaskOptions
    @OptionGroup(title: "Hub") var hub: HubOptions

    static let trainingFlags = TrainingFlags.some(["per_device_eval_batch_size", "numerics", "use_cpu"])
    static let switches = ColumnOptions.switches.union(TaskOptions.switches)
    static let ownFlags = Set(["model", "file", "output"]).union(ColumnOptions.flags)
        .union(TaskOptions.flags).union(HubOptions.flags)

    func perform(_ arguments: TrainingArguments) throws {
        try arguments.validate()
        if let output { try OutputFolder.check(file: output) }
        let model = try hub.folder(model, .all)
        let task = try CommandTasks.stored(in: model)
        try columns.check(.predict, task)
        try options.check(.predict, task)
        let predictor = try task.predictor(
            InferenceInputs(arguments: arguments, model: model, file: file, columns: columns, options: options))
        if let file, file != "-" {
            try write(try predictor.lines(ofFile: file).map { $0 + "\n" }.joined())
        } else {
            try predictLines(predictor)
        }
    }

    private func write(_ text: String) throws {
        guard let output else { return Console.print(text, terminator: "") }
        do {
            try Data(text.utf8).write(to: URL(filePath: output), options: .atomic)
        } catch {
            throw CommandFailure.failed("cannot write \(output): \(error.localizedDescription)")
        }
    }

    /// Each line is answered before the next is read.
    private func predictLines(_ predictor: any TaskPredictor) throws {
        var lines = ""
        var number = 0
        while let line = readLine(strippingNewline: true) {
            number += 1
            let answer = try predictor.line(for: line, number: number)
            if output == nil { Console.print(answer) } else { lines += answer + "\n" }
        }
        if output != nil { try write(lines) }
    }
}
