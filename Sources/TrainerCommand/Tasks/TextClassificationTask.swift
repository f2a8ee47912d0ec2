import Foundation
import OrderedJSON
import SwiftTrainer

/// A label, several, or a number for each text.
enum TextClassificationTask: CommandTask {
    static let name = TextClassificationSettings.task

    static func prepare(_ run: TrainingInputs, _ clock: RunClock) throws -> PreparedTask {
        let configuration = try AutoConfig.fromPretrained(folder: run.model)
        let hasNames = configuration["id2label"] != nil
        let data = try TextClassificationData(
            files(run), choice: run.columns.choice, modelLabels: hasNames ? configuration.labels : [])
        for note in data.notes { Console.note("note: \(note)") }
        if data.labels == .numbers, run.options.problemType == nil {
            Console.note(
                "note: the labels are numbers with fractions: regression; --problem-type says something else")
        }
        clock.mark("data read")
        try OutputFolder.check(run.arguments.outputFolder.path)
        let encoder = try TextClassificationEncoder(
            tokenizer: try AutoTokenizer.fromPretrained(folder: run.model), columns: data.columns,
            maxLength: run.columns.maxLength, configuration: configuration, folder: run.model)
        let train = try encoder.encode(data.train.rows, labels: data.train.labels)
        let validation = try data.validation.map { try encoder.encode($0.rows, labels: $0.labels) }
        let test = try data.test.map { (try encoder.encode($0.rows, labels: $0.labels), $0.labels != nil) }
        clock.mark("texts encoded")
        setSeed(run.arguments.seed)
        let model = try AutoModelForSequenceClassification.fromPretrained(
            folder: run.model, labels: data.labels.names,
            config: ["problem_type": .string(data.labels.problemType.rawValue)],
            ignoreMismatchedSizes: run.options.ignoreMismatchedSizes ?? false)
        try weigh(model, data, run.options.classWeights)
        model.config.nameOrPath = run.modelName
        clock.mark("model loaded")
        let settings = TextClassificationSettings(
            columns: data.columns, maxLength: run.columns.maxLength, labelSeparator: run.options.labelSeparator)
        return PreparedTask(
            model: model, tokenizer: encoder.tokenizer, train: train, validation: validation, test: test,
            computeMetrics: data.labels.metrics, settings: settings.settings, lines: lines(data.labels))
    }

    private static func files(_ run: TrainingInputs) -> TextClassificationFiles {
        var files = TextClassificationFiles(train: run.files.train)
        files.validation = run.files.validation
        files.test = run.files.test
        files.validationSplit = run.files.validationSplit
        files.maxTrainSamples = run.files.maxTrainSamples
        files.maxEvalSamples = run.files.maxEvalSamples
        files.seed = run.files.seed
        files.problemType = run.options.problemType
        files.labelSeparator = run.options.labelSeparator
        files.quoting = run.columns.quoting
        return files
    }

    private static func weigh(
        _ model: SequenceClassificationModel, _ data: TextClassificationData, _ weights: ClassWeights?
    ) throws {
        guard let weights else { return }
        guard let labels = data.train.labels?.classes else {
            throw CommandFailure.usage(
                "--class-weights is for one class a text, not for \(data.labels.problemType.rawValue)")
        }
        model.classWeights = weights.weights(labels: labels, classes: data.labels.names.count)
    }

    private static func lines(_ labels: TextLabels) -> (PredictionOutput, Dataset) throws -> [String] {
        { output, _ in
            guard let logits = output.predictions else { return [] }
            return TextPrediction.predictions(logits: logits, names: labels.names, labels.problemType)
                .map(\.jsonLine)
        }
    }

    static func evaluation(_ run: InferenceInputs) throws -> PreparedTask {
        let configuration = try AutoConfig.fromPretrained(folder: run.model)
        let stored = try TextClassificationSettings.load(folder: run.model)
        let labels = try TextLabels(
            configuration,
            separator: run.options.labelSeparator ?? stored?.labelSeparator ?? TextLabels.usualSeparator)
        let choice = run.columns.choice(orStored: stored)
        let (split, found) = try split(run, choice, labels: labels)
        let encoder = try TextClassificationEncoder(
            tokenizer: try AutoTokenizer.fromPretrained(folder: run.model), columns: found,
            maxLength: run.columns.maxLength ?? stored?.maxLength, configuration: configuration, folder: run.model)
        return PreparedTask(
            model: try AutoModelForSequenceClassification.fromPretrained(folder: run.model),
            tokenizer: encoder.tokenizer, validation: try encoder.encode(split.rows, labels: split.labels),
            computeMetrics: labels.metrics,
            settings: TextClassificationSettings(columns: found).settings, lines: lines(labels))
    }

    /// The rows of the file, with labels where `labels` says what they are.
    fileprivate static func split(
        _ run: InferenceInputs, _ choice: ColumnChoice, labels: TextLabels?
    ) throws -> (TextClassificationSplit, TextClassificationColumns) {
        let file = run.file ?? ""
        let input = try TextFile(file, quoting: run.columns.quoting)
        let rows = try input.load(stringColumns: choice.names)
        let (found, notes) = try choice.columns(in: rows, file: file, needsLabel: labels != nil)
        for note in notes { Console.note("note: \(note)") }
        return (try TextClassificationSplit(rows.take(run.maxSamples ?? .max), input, found, labels: labels), found)
    }

    static func predictor(_ run: InferenceInputs) throws -> any TaskPredictor {
        TextPredictor(run: run, stored: try TextClassificationSettings.load(folder: run.model))
    }
}

private final class TextPredictor: TaskPredictor {
    private let run: InferenceInputs
    private let stored: TextClassificationSettings?
    /// For lines; made for the first.
    private lazy var pair = run.columns.textPairColumn ?? stored?.columns.textPair
    private var classifier: TextClassificationPipeline?

    init(run: InferenceInputs, stored: TextClassificationSettings?) {
        self.run = run
        self.stored = stored
    }

    private func classifier(_ columns: TextClassificationColumns?) throws -> TextClassificationPipeline {
        try TextClassificationPipeline(
            folder: run.model, columns: columns, maxLength: run.columns.maxLength,
            isFast: run.arguments.numerics == .fast, device: run.arguments.useCpu ? .cpu : .automatic)
    }

    func lines(ofFile file: String) throws -> [String] {
        var choice = run.columns.choice(orStored: stored)
        choice.label = nil
        _ = try AutoConfig.fromPretrained(folder: run.model)
        let (split, found) = try TextClassificationTask.split(run, choice, labels: nil)
        return try classifier(found).predict(
            try split.rows.column(found.text), pairs: try found.textPair.map { try split.rows.column($0) },
            batchSize: run.arguments.perDeviceEvalBatchSize
        ).map(\.jsonLine)
    }

    func line(for input: String, number: Int) throws -> String {
        let classifier =
            try classifier ?? classifier(TextClassificationColumns(text: "text", textPair: pair))
        self.classifier = classifier
        let parts = input.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if pair != nil, parts.count < 2 {
            throw CommandFailure.failed("standard input, line \(number): two texts with a tab between them are wanted")
        }
        return try classifier.predict(
            [pair == nil ? input : parts[0]], pairs: pair == nil ? nil : [parts[1]]
        ).map(\.jsonLine).joined()
    }
}
