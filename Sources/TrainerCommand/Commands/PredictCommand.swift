import ArgumentParser
import Foundation
import OrderedJSON
import SwiftTrainer

/// `trainer predict`
struct PredictCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Labels the texts of a file, or of standard input line by line.",
        discussion: """
            Writes one JSON object a row, in order: {"label": …, "score": …, "scores": {label: probability}}. Without \
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
    @OptionGroup(title: "Hub") var hub: HubOptions

    static let trainingFlags = TrainingFlags.some(["per_device_eval_batch_size", "numerics", "use_cpu"])
    static let switches = ColumnOptions.switches
    static let ownFlags = Set(["model", "file", "output"]).union(ColumnOptions.flags)
        .union(HubOptions.flags)

    func perform(_ arguments: TrainingArguments) throws {
        try arguments.validate()
        if let output { try OutputFolder.check(file: output) }
        let model = try hub.folder(model, .all)
        let stored = try TextClassificationSettings.load(folder: model)
        if let file, file != "-" {
            try predict(file: file, model, stored, arguments)
        } else {
            try predictLines(model, stored, arguments)
        }
    }

    private func classifier(
        _ model: String, _ columns: TextClassificationColumns?, _ arguments: TrainingArguments
    ) throws -> TextClassifier {
        try TextClassifier(
            folder: model, columns: columns, maxLength: self.columns.maxLength,
            isFast: arguments.numerics == .fast, device: arguments.useCpu ? .cpu : .automatic)
    }

    private func predict(
        file: String, _ model: String, _ stored: TextClassificationSettings?, _ arguments: TrainingArguments
    ) throws {
        var choice = columns.choice(orStored: stored)
        choice.label = nil
        _ = try AutoConfig.fromPretrained(folder: model)
        let input = try TextFile(file, quoting: columns.quoting)
        let rows = try input.load(stringColumns: choice.names)
        let (found, notes) = try choice.columns(in: rows, file: file, needsLabel: false)
        for note in notes { Console.note("note: \(note)") }
        let split = try TextClassificationSplit(rows, input, found, labels: nil)
        let classifier = try classifier(model, found, arguments)
        let predictions = try classifier.predict(
            try split.rows.column(found.text), pairs: try found.textPair.map { try split.rows.column($0) },
            batchSize: arguments.perDeviceEvalBatchSize)
        try write(predictions.map { $0.jsonLine + "\n" }.joined())
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
    private func predictLines(
        _ model: String, _ stored: TextClassificationSettings?, _ arguments: TrainingArguments
    ) throws {
        let pair = columns.textPairColumn ?? stored?.columns.textPair
        let classifier = try classifier(model, TextClassificationColumns(text: "text", textPair: pair), arguments)
        var lines = ""
        var number = 0
        while let line = readLine(strippingNewline: true) {
            number += 1
            let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if pair != nil, parts.count < 2 {
                throw CommandFailure.failed(
                    "standard input, line \(number): two texts with a tab between them are wanted")
            }
            let prediction = try classifier.predict(
                [pair == nil ? line : parts[0]], pairs: pair == nil ? nil : [parts[1]])
            let answer = prediction.map(\.jsonLine).joined()
            if output == nil { Console.print(answer) } else { lines += answer + "\n" }
        }
        if output != nil { try write(lines) }
    }
}
