public import ArgumentParser
import OrderedJSON
public import SwiftTrainer

/// Flags that only some tasks take.
struct TaskOptions: ParsableArguments {
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
            "Whether each text is a row of its own; otherwise blocks are cut from all texts (default: false).",
            valueName: "true|false"))
    var lineByLine: Bool?

    @Option(help: "The columns with the choices, commas between them (default: ending0,ending1,ending2,ending3).")
    var endingColumns: String?

    static let flags: Set<String> = [
        "problem-type", "label-separator", "class-weights", "ignore-mismatched-sizes", "label-all-tokens",
        "return-entity-level-metrics", "tag-scheme", "convert-tags", "aggregation-strategy",
        "doc-stride", "version-2-with-negative", "null-score-diff-threshold", "n-best-size", "max-answer-length",
        "mlm-probability", "line-by-line", "ending-columns",
    ]
    static let switches: Set<String> = [
        "ignore-mismatched-sizes", "label-all-tokens", "return-entity-level-metrics", "version-2-with-negative",
        "line-by-line",
    ]

    /// How answers are chosen; where the flags say nothing, as was stored at training.
    func answerSelection(_ stored: TaskSettings?) -> AnswerSelection {
        AnswerSelection {
            $0.version2WithNegative =
                version2WithNegative ?? stored?["version_2_with_negative"]?.boolValue ?? $0.version2WithNegative
            $0.nBestSize = nBestSize ?? $0.nBestSize
            $0.maxAnswerLength = maxAnswerLength ?? $0.maxAnswerLength
            $0.nullScoreDiffThreshold = nullScoreDiffThreshold ?? $0.nullScoreDiffThreshold
        }
    }

    /// The flags that were given.
    private var given: [(flag: String, isGiven: Bool)] {
        [
            ("problem-type", problemType != nil), ("label-separator", labelSeparator != nil),
            ("class-weights", classWeights != nil), ("label-all-tokens", labelAllTokens != nil),
            ("return-entity-level-metrics", returnEntityLevelMetrics != nil), ("tag-scheme", tagScheme != nil),
            ("convert-tags", convertTags != nil), ("aggregation-strategy", aggregationStrategy != nil),
            ("doc-stride", docStride != nil), ("version-2-with-negative", version2WithNegative != nil),
            ("null-score-diff-threshold", nullScoreDiffThreshold != nil), ("n-best-size", nBestSize != nil),
            ("max-answer-length", maxAnswerLength != nil), ("mlm-probability", mlmProbability != nil),
            ("line-by-line", lineByLine != nil), ("ending-columns", endingColumns != nil),
        ]
    }

    /// A flag of another task is an error.
    ///
    /// - Throws: ``CommandFailure/usage(_:)`` that names the flag.
    func check(for task: any CommandTask.Type, _ columns: ColumnOptions) throws {
        let others =
            given + [
                ("text-pair-column", columns.textPairColumn != nil), ("quoting", columns.quoting != nil),
            ]
        if let odd = others.first(where: { $0.isGiven && !task.flags.contains($0.flag) }) {
            throw CommandFailure.usage("--\(odd.flag) is not for the task \(task.name)")
        }
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
