import Foundation
import OrderedJSON
import SwiftTrainer

/// What a task adds to `trainer train`, `evaluate` and `predict`.
protocol CommandTask: SendableMetatype {
    /// The word of `--task`.
    static var name: String { get }

    /// Reads and checks everything that training needs.
    ///
    /// - Parameters:
    ///   - run: what the command line says.
    ///   - clock: told when data is read, texts are encoded, the model is loaded.
    static func prepare(_ run: TrainingInputs, _ clock: RunClock) throws -> PreparedTask
    /// Reads a file with labels, and the model that is measured on it.
    static func evaluation(_ run: InferenceInputs) throws -> PreparedTask
    /// What answers for rows or lines.
    static func predictor(_ run: InferenceInputs) throws -> any TaskPredictor
}

/// The tasks there are.
enum CommandTasks {
    static let all: [any CommandTask.Type] = [
        TextClassificationTask.self, TokenClassificationTask.self, QuestionAnsweringTask.self, MaskedLMTask.self,
        CausalLMTask.self, MultipleChoiceTask.self,
    ]

    static let names = all.map { $0.name }

    /// - Throws: ``CommandFailure/usage(_:)`` for another word.
    static func named(_ name: String) throws -> any CommandTask.Type {
        guard let task = all.first(where: { $0.name == name }) else {
            throw CommandFailure.usage("--task \(name) is unknown; the tasks are \(names.joined(separator: ", "))")
        }
        return task
    }

    /// The task that a trained model was trained for; texts to classify where nothing is stored.
    static func stored(in folder: String) throws -> any CommandTask.Type {
        guard let settings = try TaskSettings.load(folder: folder) else { return try byArchitecture(folder) }
        return try named(settings.task)
    }

    /// A folder of Python's says by its class what it does.
    private static func byArchitecture(_ folder: String) throws -> any CommandTask.Type {
        let classes = try AutoConfig.fromPretrained(folder: folder)["architectures"]?.arrayValue ?? []
        let endings: [(String, any CommandTask.Type)] = [
            ("ForTokenClassification", TokenClassificationTask.self),
            ("ForQuestionAnswering", QuestionAnsweringTask.self), ("ForMaskedLM", MaskedLMTask.self),
            ("ForMultipleChoice", MultipleChoiceTask.self), ("ForCausalLM", CausalLMTask.self),
            ("LMHeadModel", CausalLMTask.self),
        ]
        let adapted = try? LoRAConfiguration(folder: URL(filePath: folder)).taskType
        if adapted == .sequenceClassification { return TextClassificationTask.self }
        if adapted == .tokenClassification { return TokenClassificationTask.self }
        if adapted == .questionAnswering { return QuestionAnsweringTask.self }
        if adapted == .causalLM { return CausalLMTask.self }
        let found = endings.first { ending, _ in classes.contains { $0.stringValue?.hasSuffix(ending) == true } }
        return found?.1 ?? TextClassificationTask.self
    }
}

/// What `trainer train` gives a task.
struct TrainingInputs {
    let arguments: TrainingArguments
    /// The folder of the model.
    let model: String
    /// As it was named: a folder, or a repository of the Hub.
    let modelName: String
    let files: TrainingFiles
    let columns: ColumnOptions
    let options: TaskOptions
}

/// The files to train and evaluate on.
struct TrainingFiles {
    var train: String
    var validation: String?
    var test: String?
    /// The share of the training file that is held out where there is no validation file.
    var validationSplit: Double?
    /// The first rows of each, before shuffling; nil for all.
    var maxTrainSamples: Int?
    var maxEvalSamples: Int?
    /// Decides which rows are held out.
    var seed = 42

    /// - Throws: ``CommandFailure/usage(_:)``.
    func check() throws {
        for (name, count) in [("--max-train-samples", maxTrainSamples), ("--max-eval-samples", maxEvalSamples)] {
            guard let count, count < 1 else { continue }
            throw CommandFailure.usage("\(name) is \(count), but must be at least 1")
        }
        if let share = validationSplit, !(share > 0 && share < 1) {
            throw CommandFailure.usage("--validation-split is \(share), but must be between 0 and 1, such as 0.1")
        }
    }
}

/// What `trainer evaluate` and `predict` give a task.
struct InferenceInputs {
    let arguments: TrainingArguments
    /// The folder of the model.
    let model: String
    /// nil: standard input.
    let file: String?
    let columns: ColumnOptions
    let options: TaskOptions
    var maxSamples: Int?

    /// What training has stored, where it was for this task.
    func settings(of task: any CommandTask.Type) throws -> TaskSettings? {
        guard let settings = try TaskSettings.load(folder: model) else { return nil }
        guard settings.task == task.name else {
            throw CommandFailure.failed("\(model) was trained for \(settings.task), not for \(task.name)")
        }
        return settings
    }
}

/// What a run trains or measures, once everything has been read and checked.
struct PreparedTask {
    let model: HeadedModel
    let tokenizer: Tokenizer
    /// Makes batches of rows; nil: padding alone.
    var collator: (any DataCollator)?
    var train: Dataset?
    var validation: Dataset?
    /// Rows to predict after training, and whether they have labels.
    var test: (rows: Dataset, hasLabels: Bool)?
    let computeMetrics: (EvalPrediction) throws -> Metrics
    /// What is kept of the logits; nil: all of them.
    var preprocessLogits: ((_ logits: Tensor, _ labels: Tensor?) throws -> Tensor)?
    /// Adds what follows from an evaluation's metrics.
    var finish: (inout Metrics) -> Void = { _ in }
    let settings: TaskSettings
    /// The prediction of each row as one line of JSON.
    let lines: (PredictionOutput, Dataset) throws -> [String]

    func trainer(_ arguments: TrainingArguments, callbacks: [TrainerCallback] = []) throws -> Trainer {
        try Trainer(
            model: model, arguments: arguments, trainDataset: train.map(rows), evalDataset: validation.map(rows),
            processingClass: tokenizer, computeMetrics: computeMetrics, callbacks: callbacks,
            preprocessLogitsForMetrics: preprocessLogits)
    }

    /// The metrics of the validation rows.
    func evaluate(_ trainer: Trainer) throws -> Metrics {
        var metrics = try trainer.evaluate()
        metrics.set("eval_samples", .int(validation?.numRows ?? 0))
        finish(&metrics)
        return metrics
    }

    /// Rows as the trainer takes them.
    func rows(_ dataset: Dataset) -> any TrainerDataset {
        guard let collator else { return dataset }
        return dataset.collated(by: collator)
    }
}

/// Answers for a file, or line by line.
protocol TaskPredictor {
    /// A line of JSON for each row of a file.
    func lines(ofFile file: String) throws -> [String]
    /// A line of JSON for a line of standard input.
    func line(for input: String, number: Int) throws -> String
}
