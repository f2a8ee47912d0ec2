import Foundation
import SwiftTrainer

/// The whole way of a model: data, training, saving, loading, predicting.
struct DemoRun {
    /// The pretrained model's folder; nil: a small BERT from nothing.
    let model: String?
    let folder: String
    let rows: Int
    let seed: Int

    func perform() throws {
        Interruption.exitAtOnce()
        try OutputFolder.check(folder)
        if let model { _ = try AutoConfig.fromPretrained(folder: model) }
        let corpus = DemoCorpus.make(rows: rows, seed: UInt64(bitPattern: Int64(seed)))
        let files = try write(corpus)
        let base = try model ?? DemoScratchModel.write(corpus.train.map(\.text), folder: path("base"), seed: seed)

        let data = try TextClassificationData(files, choice: ColumnChoice(text: "text", label: "label"))
        let encoder = try TextClassificationEncoder(
            tokenizer: try AutoTokenizer.fromPretrained(folder: base), columns: data.columns,
            configuration: try AutoConfig.fromPretrained(folder: base), folder: base)
        setSeed(seed)
        let settings = TextClassificationSettings(columns: data.columns).settings
        let prepared = PreparedTask(
            model: try AutoModelForSequenceClassification.fromPretrained(folder: base, labels: data.labels.names),
            tokenizer: encoder.tokenizer, train: try encoder.encode(data.train.rows, labels: data.train.labels),
            validation: try data.validation.map { try encoder.encode($0.rows, labels: $0.labels) },
            computeMetrics: data.labels.metrics, settings: settings, lines: { _, _ in [] })
        Console.note(
            "\(data.train.rows.numRows) sentences to train on, \(data.validation?.rows.numRows ?? 0) held out, "
                + "\(data.labels.names.count) classes")

        let trainer = try prepared.trainer(arguments)
        let before = try trainer.evaluate()
        Console.print("eval_accuracy_before = \(Self.rounded(before["eval_accuracy"]))")
        let output = try trainer.train()
        try trainer.saveModel()
        try prepared.settings.save(folder: folder)
        try trainer.saveMetrics("train", output.metrics)
        try evaluateReloaded(data)
        // Afterwards, so that the file has both.
        try trainer.saveState()
    }

    private var arguments: TrainingArguments {
        TrainingArguments(outputDir: folder) {
            // Small, and its files are written here.
            $0.nproc = 1
            $0.seed = seed
            $0.numTrainEpochs = model == nil ? 4 : 2
            $0.perDeviceTrainBatchSize = 32
            $0.perDeviceEvalBatchSize = 64
            $0.learningRate = model == nil ? 1e-3 : 1e-4
            $0.warmupSteps = 0.1
            $0.evalStrategy = .epoch
            $0.saveStrategy = .no
            $0.loggingSteps = 25
        }
    }

    private func path(_ name: String) -> String { URL(filePath: folder).appending(path: name).path }

    private func write(_ corpus: DemoCorpus) throws -> TextClassificationFiles {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(DemoCorpus.csv(corpus.train).utf8).write(to: URL(filePath: path("train.csv")), options: .atomic)
            try Data(DemoCorpus.csv(corpus.test).utf8).write(to: URL(filePath: path("test.csv")), options: .atomic)
        } catch {
            throw CommandFailure.failed("cannot write to the output folder \(folder): \(error.localizedDescription)")
        }
        var files = TextClassificationFiles(train: path("train.csv"))
        files.validation = path("test.csv")
        return files
    }

    /// What counts is the folder: it is loaded as anyone would load it.
    private func evaluateReloaded(_ data: TextClassificationData) throws {
        guard let held = data.validation, let labels = held.labels?.classes else { return }
        let classifier = try TextClassificationPipeline(folder: folder)
        let texts: [String] = try held.rows.column(data.columns.text)
        let predictions = try classifier.predict(texts)
        let names = data.labels.names
        Console.print("\npredictions of the model in \(folder) for held-out sentences:")
        for line in PredictionTable.lines(texts, predictions, labels.map { names[$0] }, count: 10) {
            Console.print(line)
        }
        let right = zip(predictions, labels).count { $0.label == names[$1] }
        Console.print("eval_accuracy = \(Self.rounded(Double(right) / Double(labels.count)))")
    }

    private static func rounded(_ value: Double?) -> String { String(format: "%.4f", value ?? .nan) }
}
