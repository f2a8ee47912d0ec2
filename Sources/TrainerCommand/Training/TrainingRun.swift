import Foundation
import OrderedJSON
import SwiftTrainer

/// One run of `trainer train`: reads and checks everything, trains, and leaves the results.
struct TrainingRun {
    let arguments: TrainingArguments
    /// The folder of the model.
    let model: String
    /// As it was named: a folder, or a repository of the Hub.
    let modelName: String
    let files: TextClassificationFiles
    /// The data set of the Hub that the files are of.
    let dataset: HostedDataset?
    let choice: ColumnChoice
    let maxLength: Int?
    let classWeights: ClassWeights?
    /// A file, or `true` for one in the output folder; nil and `false` for none.
    var report: String?

    func perform() throws {
        let clock = RunClock()
        Interruption.exitAtOnce()
        let prepared = try withProgressBar(isShown: arguments.disableTqdm != true) { try prepare(clock) }
        let trainer = try prepared.trainer(
            arguments,
            callbacks: [
                SettingsWriter(prepared.settings, folder: arguments.outputFolder.path), FirstStepTimer(clock),
            ] + reports + (arguments.pushToHub ? [PushToHubCallback()] : []))
        let output = try trainer.train()
        try save(trainer, output, prepared)
    }

    private func prepare(_ clock: RunClock) throws -> PreparedTraining {
        let configuration = try AutoConfig.fromPretrained(folder: model)
        let hasNames = configuration["id2label"] != nil
        let data = try TextClassificationData(
            files, choice: choice, modelLabels: hasNames ? configuration.labels : [])
        for note in data.notes { Console.note("note: \(note)") }
        clock.mark("data read")
        try OutputFolder.check(arguments.outputFolder.path)
        let encoder = try TextClassificationEncoder(
            tokenizer: try AutoTokenizer.fromPretrained(folder: model), columns: data.columns, maxLength: maxLength,
            configuration: configuration, folder: model)
        let train = try encoder.encode(data.train.rows, labels: data.train.labels)
        let validation = try data.validation.map { try encoder.encode($0.rows, labels: $0.labels) }
        clock.mark("texts encoded")
        setSeed(arguments.seed)
        let model = try AutoModelForSequenceClassification.fromPretrained(folder: model, labels: data.labels.names)
        if let classWeights, let labels = data.train.labels {
            model.classWeights = classWeights.weights(labels: labels, classes: data.labels.count)
        }
        model.config.nameOrPath = modelName
        clock.mark("model loaded")
        return PreparedTraining(
            data: data, encoder: encoder, train: train, validation: validation, model: model,
            settings: TextClassificationSettings(columns: data.columns, maxLength: maxLength))
    }

    private var reports: [TrainerCallback] {
        guard let report, Bool(argument: .string(report)) != false else { return [] }
        let isNamed = Bool(argument: .string(report)) == nil
        // What `--report-to html` asks for is the same page.
        if !isNamed, arguments.reportTo.integrations.contains(.html) { return [] }
        return [HTMLReportCallback(file: isNamed ? URL(filePath: report) : nil)]
    }

    /// Everything at the top of the output folder, whatever the save strategy.
    private func save(_ trainer: Trainer, _ output: TrainOutput, _ prepared: PreparedTraining) throws {
        let folder = arguments.outputFolder.path
        try trainer.saveModel()
        try prepared.settings.save(folder: folder)
        var metrics = output.metrics
        metrics.set("train_samples", .int(prepared.train.numRows))
        trainer.logMetrics("train", metrics)
        try trainer.saveMetrics("train", metrics)
        if let validation = prepared.validation {
            var metrics = try trainer.evaluate()
            metrics.set("eval_samples", .int(validation.numRows))
            trainer.logMetrics("eval", metrics)
            try trainer.saveMetrics("eval", metrics)
        }
        try trainer.saveState()
        if arguments.pushToHub {
            let commit = try trainer.pushToHub { summary in
                guard let dataset else { return }
                summary.datasets = [dataset.name]
                summary.datasetTags = [dataset.name]
                summary.datasetArgs = [dataset.configuration]
            }
            Console.note("uploaded: \(commit.commitUrl)")
        }
        if let test = prepared.data.test { try predict(test, trainer, prepared) }
        Console.note("the model is in \(folder)")
    }

    /// Predictions of the test file, and metrics where it has labels.
    private func predict(_ test: TextClassificationSplit, _ trainer: Trainer, _ prepared: PreparedTraining) throws {
        let rows = try prepared.encoder.encode(test.rows, labels: test.labels)
        let output = try trainer.predict(rows)
        if test.labels != nil {
            var metrics = output.metrics
            metrics.set("test_samples", .int(rows.numRows))
            trainer.logMetrics("test", metrics)
            try trainer.saveMetrics("test", metrics)
        }
        guard let logits = output.predictions else { return }
        let predictions = TextPrediction.predictions(logits: logits, names: prepared.data.labels.names)
        let file = arguments.outputFolder.appending(path: "test_predictions.jsonl")
        try Data(predictions.map { $0.jsonLine + "\n" }.joined().utf8).write(to: file, options: .atomic)
    }
}

/// A data set of the Hub by name.
struct HostedDataset {
    let name: String
    let configuration: String?
}

/// What a run trains, once everything has been read and checked.
struct PreparedTraining {
    let data: TextClassificationData
    let encoder: TextClassificationEncoder
    let train: Dataset
    let validation: Dataset?
    let model: SequenceClassificationModel
    let settings: TextClassificationSettings

    func trainer(_ arguments: TrainingArguments, callbacks: [TrainerCallback] = []) throws -> Trainer {
        try Trainer(
            model: model, arguments: arguments, trainDataset: train, evalDataset: validation,
            processingClass: encoder.tokenizer,
            computeMetrics: { ["accuracy": accuracy($0.predictions.argmax(dim: -1), $0.labelIds)] },
            callbacks: callbacks)
    }
}
