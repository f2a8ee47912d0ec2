import ArgumentParser
import SwiftTrainer

/// Where texts and labels stand in files.
struct ColumnOptions: FlagTable {
    @Option(help: "The column with the texts (default: one with a usual name, such as text or sentence).")
    var textColumn: String?

    @Option(help: "The column with the second texts of pairs (default: single texts).")
    var textPairColumn: String?

    @Option(help: "The column with the labels (default: one with a usual name, such as label or class).")
    var labelColumn: String?

    @Option(help: "Texts are cut to this many tokens (default: the most that the model takes).")
    var maxLength: Int?

    @Option(
        help: ArgumentHelp(
            "Whether cells may stand in double quotes (default: true for CSV, false for TSV).", valueName: "true|false")
    )
    var quoting: Bool?

    static let table: [Flag<ColumnOptions>] = {
        let (texts, tags, questions) = (
            TextClassificationTask.name, TokenClassificationTask.name, QuestionAnsweringTask.name
        )
        let (masked, causal, choices) = (MaskedLMTask.name, CausalLMTask.name, MultipleChoiceTask.name)
        return [
            Flag("text-column", \.textColumn, .always(.train, .evaluate, .predict)),
            Flag("text-pair-column", \.textPairColumn, .tasks(texts, questions, choices)),
            Flag("label-column", \.labelColumn, .tasks(texts, tags, questions, choices, in: [.train, .evaluate])),
            Flag(
                "max-length", \.maxLength, .tasks(texts, tags, questions, masked, choices),
                .tasks(causal, in: [.train, .evaluate])),
            Flag("quoting", \.quoting, .tasks(texts, masked, causal, choices)),
        ]
    }()

    var choice: ColumnChoice { ColumnChoice(text: textColumn, textPair: textPairColumn, label: labelColumn) }

    /// What the flags say, and for the rest what was stored at training.
    func choice(orStored stored: TextClassificationSettings?) -> ColumnChoice {
        // A text column of one's own means other files: the stored pair column does not belong to it.
        let pair = textPairColumn ?? (textColumn == nil ? stored?.columns.textPair : nil)
        return ColumnChoice(
            text: textColumn ?? stored?.columns.text, textPair: pair, label: labelColumn ?? stored?.columns.label)
    }
}

/// Files for training and evaluation.
struct TrainingFileOptions: FlagTable {
    @Option(help: "A data set of the Hub to train on, in place of files: org/name.")
    var datasetName: String?

    @Option(help: "The configuration of the data set, such as sst2 (default: its only or default one).")
    var datasetConfigName: String?

    @Option(help: "The branch, tag or commit of the data set (default: main).")
    var datasetRevision: String?

    @Option(help: "Rows to train on: .csv, .tsv, .jsonl or .json (one object a line).")
    var trainFile: String?

    @Option(help: "Rows to evaluate on during and after training.")
    var validationFile: String?

    @Option(help: "Rows to predict after training.")
    var testFile: String?

    @Option(help: "The share of the training file that is held out for evaluation, such as 0.1.")
    var validationSplit: Double?

    @Option(help: "Train on the first rows only.")
    var maxTrainSamples: Int?

    @Option(help: "Evaluate on the first rows only.")
    var maxEvalSamples: Int?

    static let table: [Flag<TrainingFileOptions>] = [
        Flag("dataset-name", \.datasetName, .always(.train)),
        Flag("dataset-config-name", \.datasetConfigName, .always(.train)),
        Flag("dataset-revision", \.datasetRevision, .always(.train)),
        Flag("train-file", \.trainFile, .always(.train)),
        Flag("validation-file", \.validationFile, .always(.train)),
        // What language models do with new texts is predict's.
        Flag(
            "test-file", \.testFile,
            .tasks(
                TextClassificationTask.name, TokenClassificationTask.name, QuestionAnsweringTask.name,
                MultipleChoiceTask.name, in: [.train])),
        Flag("validation-split", \.validationSplit, .always(.train)),
        Flag("max-train-samples", \.maxTrainSamples, .always(.train)),
        Flag("max-eval-samples", \.maxEvalSamples, .always(.train)),
    ]
}
