import Foundation
import OrderedJSON
import SwiftTrainer

/// One run of `trainer train`: reads and checks everything, trains, and leaves the results.
struct TrainingRun {
    let inputs: TrainingInputs
    let task: any CommandTask.Type
    let adapter: LoRAOptions
    /// The data set of the Hub that the files are of.
    let dataset: HostedDataset?
    /// A file, or `true` for one in the output folder; nil and `false` for none.
    var report: String?

    private var arguments: TrainingArguments { inputs.arguments }

    func perform() throws {
        let clock = RunClock()
        Interruption.exitAtOnce()
        let isShown = arguments.disableTqdm != true && Console.isHeard
        let prepared = try withProgressBar(isShown: isShown) { try task.prepare(inputs, clock) }
        try adapter.apply(to: prepared.model)
        if let adapter = prepared.model.adapter {
            try OutputFolder.check(
                arguments.outputFolder.path, forAdapterOn: adapter.configuration.baseModelNameOrPath)
        }
        let trainer = try prepared.trainer(
            arguments,
            callbacks: [
                SettingsWriter(prepared.settings, folder: arguments.outputFolder.path), FirstStepTimer(clock),
            ] + reports + (arguments.pushToHub ? [PushToHubCallback()] : []))
        let output = try trainer.train()
        try save(trainer, output, prepared)
    }

    private var reports: [TrainerCallback] {
        guard let report, Bool(argument: .string(report)) != false else { return [] }
        let isNamed = Bool(argument: .string(report)) == nil
        // What `--report-to html` asks for is the same page.
        if !isNamed, arguments.reportTo.integrations.contains(.html) { return [] }
        return [HTMLReportCallback(file: isNamed ? URL(filePath: report) : nil)]
    }

    /// Everything at the top of the output folder, whatever the save strategy.
    private func save(_ trainer: Trainer, _ output: TrainOutput, _ prepared: PreparedTask) throws {
        let folder = arguments.outputFolder.path
        try trainer.saveModel()
        if trainer.shouldSave { try prepared.settings.save(folder: folder) }
        var metrics = output.metrics
        metrics.set("train_samples", .int(prepared.train?.numRows ?? 0))
        trainer.logMetrics("train", metrics)
        try trainer.saveMetrics("train", metrics)
        if prepared.validation != nil {
            let metrics = try prepared.evaluate(trainer)
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
        if let test = prepared.test { try predict(test, trainer, prepared) }
        Console.note("the model is in \(folder)")
    }

    /// Predictions of the test file, and metrics where it has labels.
    private func predict(
        _ test: (rows: Dataset, hasLabels: Bool), _ trainer: Trainer, _ prepared: PreparedTask
    ) throws {
        let output = try trainer.predict(prepared.rows(test.rows))
        if test.hasLabels {
            var metrics = output.metrics
            metrics.set("test_samples", .int(test.rows.numRows))
            trainer.logMetrics("test", metrics)
            try trainer.saveMetrics("test", metrics)
        }
        guard trainer.isWorldProcessZero else { return }
        let lines = try prepared.lines(output, test.rows)
        let file = arguments.outputFolder.appending(path: "test_predictions.jsonl")
        try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: file, options: .atomic)
    }
}

/// A data set of the Hub by name.
struct HostedDataset {
    let name: String
    let configuration: String?
}
