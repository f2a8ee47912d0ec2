/// The tasks of the GLUE benchmark, by the names that Python's data set `glue` gives them.
public enum GlueTask: String, Sendable, Hashable, CaseIterable {
    case cola, sst2, mrpc, qqp, stsb, mnli, qnli, rte, wnli

    /// The columns of texts in the data set: one, or the two of a pair.
    public var textColumns: [String] { columns.map(\.name) }

    /// The names of the classes; nil where the label is a number (`stsb`, 0 to 5).
    public var labelNames: [String]? {
        switch self {
        case .cola: ["unacceptable", "acceptable"]
        case .sst2: ["negative", "positive"]
        case .mrpc: ["not_equivalent", "equivalent"]
        case .qqp: ["not_duplicate", "duplicate"]
        case .stsb: nil
        case .mnli: ["entailment", "neutral", "contradiction"]
        case .qnli, .rte: ["entailment", "not_entailment"]
        case .wnli: ["not_entailment", "entailment"]
        }
    }

    /// The splits with the files that GLUE's archive has for them, in order.
    var files: [(split: String, file: String)] {
        self == .mnli
            ? [
                ("train", "train.tsv"), ("validation_matched", "dev_matched.tsv"),
                ("validation_mismatched", "dev_mismatched.tsv"), ("test_matched", "test_matched.tsv"),
                ("test_mismatched", "test_mismatched.tsv"),
            ] : [("train", "train.tsv"), ("validation", "dev.tsv"), ("test", "test.tsv")]
    }

    /// The columns of texts, and what they are called in the files.
    var columns: [(name: String, file: String)] {
        switch self {
        case .cola, .sst2: [("sentence", "sentence")]
        case .mrpc: [("sentence1", "#1 String"), ("sentence2", "#2 String")]
        case .qqp: [("question1", "question1"), ("question2", "question2")]
        case .stsb, .rte, .wnli: [("sentence1", "sentence1"), ("sentence2", "sentence2")]
        case .mnli: [("premise", "sentence1"), ("hypothesis", "sentence2")]
        case .qnli: [("question", "question"), ("sentence", "sentence")]
        }
    }

    /// What the column of labels is called in the files.
    var labelColumn: String {
        switch self {
        case .cola, .sst2, .qnli, .rte, .wnli: "label"
        case .mrpc: "Quality"
        case .qqp: "is_duplicate"
        case .stsb: "score"
        case .mnli: "gold_label"
        }
    }

    /// The names of the columns of a file without a header; nil where there is one. CoLA's test file alone of CoLA's
    /// has one.
    func columnNames(split: String) -> [String]? {
        self == .cola && split != "test" ? ["source", "label", "mark", "sentence"] : nil
    }
}
