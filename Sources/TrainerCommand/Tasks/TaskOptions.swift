public import ArgumentParser
import OrderedJSON
public import SwiftTrainer

/// Flags that only some tasks take.
struct TaskOptions: FlagTable {
    @Option(
        help: ArgumentHelp(
            "What the labels of texts are: single_label_classification, multi_label_classification or regression "
                + "(default: regression for numbers with fractions, otherwise one class a text).", valueName: "TYPE"))
    var problemType: ProblemType?

    @Option(help: "What stands between several labels of a text in a cell (default: a comma).")
    var labelSeparator: String?

    @Option(
        help: "How much each class counts in the loss: balanced makes rare ones count more (default: all rows alike).")
    var classWeights: ClassWeights?

    @Option(
        help: ArgumentHelp(
            "Whether a head for other labels is replaced by a new one (default: false, an error).",
            valueName: "true|false"))
    var ignoreMismatchedSizes: Bool?

    @Option(
        help: ArgumentHelp(
            "Whether later pieces of a word get its tag too, not the first alone (default: false).",
            valueName: "true|false"))
    var labelAllTokens: Bool?

    @Option(
        help: ArgumentHelp(
            "Whether the scores of each type of entity are given too (default: false).", valueName: "true|false"))
    var returnEntityLevelMetrics: Bool?

    @Option(
        help:
            "The scheme of the files' tags: iob1, iob2, ioe1, ioe2, iobes (or bioes), bilou or bmes; wrong sequences are errors."
    )
    var tagScheme: TaggingScheme?

    @Option(help: "The scheme that the model learns, where it is another than that of the files.")
    var convertTags: TaggingScheme?

    @Option(
        help: "How tags of pieces become entities in predictions: none, simple, first, average or max (default: first)."
    )
    var aggregationStrategy: AggregationStrategy?

    @Option(help: "How many tokens the parts of a text that is too long share (default: 128).")
    var docStride: Int?

    @Option(
        name: .customLong("version-2-with-negative"),
        help: ArgumentHelp(
            "Whether questions may have no answer, as in SQuAD 2 (default: false).", valueName: "true|false"))
    var version2WithNegative: Bool?

    @Option(help: "By how much no answer must score more than the best one to be chosen (default: 0).")
    var nullScoreDiffThreshold: Float?

    @Option(help: "How many starts, ends and answers are looked at (default: 20).")
    var nBestSize: Int?

    @Option(help: "The most tokens of an answer (default: 30).")
    var maxAnswerLength: Int?

    @Option(help: "The share of tokens that are hidden and must be told (default: 0.15).")
    var mlmProbability: Double?

    @Option(
        help: ArgumentHelp(
            "Whether all pieces of a word are hidden together (default: false).", valueName: "true|false"))
    var wholeWordMask: Bool?

    @Option(
        help: ArgumentHelp(
            "Whether each text is a row of its own; otherwise blocks are cut from all texts (default: false).",
            valueName: "true|false"))
    var lineByLine: Bool?

    @Option(help: "The columns with the choices, commas between them (default: ending0,ending1,ending2,ending3).")
    var endingColumns: String?

    @Option(help: "The most tokens that predict adds to a text (default: 50).")
    var maxNewTokens: Int?

    @Option(help: "Predict draws tokens, from probabilities with this temperature (default: the likeliest token).")
    var temperature: Double?

    @Option(help: "Predict draws among so many of the likeliest tokens.")
    var topK: Int?

    @Option(help: "Predict draws among the likeliest tokens that have this probability together.")
    var topP: Double?

    static let table: [Flag<TaskOptions>] = {
        let (texts, tags, questions) = (
            TextClassificationTask.name, TokenClassificationTask.name, QuestionAnsweringTask.name
        )
        let (masked, causal, choices) = (MaskedLMTask.name, CausalLMTask.name, MultipleChoiceTask.name)
        let measured: [TaskCommand] = [.train, .evaluate]
        return [
            Flag("problem-type", \.problemType, .tasks(texts, in: [.train])),
            Flag("label-separator", \.labelSeparator, .tasks(texts, in: measured)),
            Flag("class-weights", \.classWeights, .tasks(texts, in: [.train])),
            Flag("ignore-mismatched-sizes", \.ignoreMismatchedSizes, .always(.train)),
            Flag("label-all-tokens", \.labelAllTokens, .tasks(tags, in: measured)),
            Flag("return-entity-level-metrics", \.returnEntityLevelMetrics, .tasks(tags, in: measured)),
            Flag("tag-scheme", \.tagScheme, .tasks(tags, in: measured)),
            Flag("convert-tags", \.convertTags, .tasks(tags, in: measured)),
            Flag("aggregation-strategy", \.aggregationStrategy, .tasks(tags, in: [.train, .predict])),
            Flag("doc-stride", \.docStride, .tasks(questions)),
            Flag("version-2-with-negative", \.version2WithNegative, .tasks(questions)),
            Flag("null-score-diff-threshold", \.nullScoreDiffThreshold, .tasks(questions)),
            Flag("n-best-size", \.nBestSize, .tasks(questions)),
            Flag("max-answer-length", \.maxAnswerLength, .tasks(questions)),
            Flag("mlm-probability", \.mlmProbability, .tasks(masked, in: measured)),
            Flag("whole-word-mask", \.wholeWordMask, .tasks(masked, in: measured)),
            Flag("line-by-line", \.lineByLine, .tasks(masked, in: measured)),
            Flag("ending-columns", \.endingColumns, .tasks(choices)),
            Flag("max-new-tokens", \.maxNewTokens, .tasks(causal, in: [.predict])),
            Flag("temperature", \.temperature, .tasks(causal, in: [.predict])),
            Flag("top-k", \.topK, .tasks(causal, in: [.predict])),
            Flag("top-p", \.topP, .tasks(causal, in: [.predict])),
        ]
    }()

    /// How answers are chosen; where the flags say nothing, as was stored at training.
    func answerSelection(_ stored: TaskSettings?) -> AnswerSelection {
        var selection = AnswerSelection(stored: stored)
        if let version2WithNegative { selection.version2WithNegative = version2WithNegative }
        if let nBestSize { selection.nBestSize = nBestSize }
        if let maxAnswerLength { selection.maxAnswerLength = maxAnswerLength }
        if let nullScoreDiffThreshold { selection.nullScoreDiffThreshold = nullScoreDiffThreshold }
        return selection
    }
}

extension ProblemType: ExpressibleByArgument {}
extension TaggingScheme: ExpressibleByArgument {
    public init?(argument: String) {
        let name = argument.uppercased()
        self.init(rawValue: name == "BIOES" ? "IOBES" : name)
    }
}
extension AggregationStrategy: ExpressibleByArgument {}
extension ClassWeights: ExpressibleByArgument {}
