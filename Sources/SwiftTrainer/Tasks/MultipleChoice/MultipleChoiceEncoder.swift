public import Datasets
public import Tokenization

/// Turns rows with several endings into token ids, one sequence for each, as Python's `run_swag.py`.
///
/// ```swift
/// let rows = try loadDataset(csv: ["train": "train.csv", "validation": "val.csv"])
/// let encoder = try MultipleChoiceEncoder(tokenizer: tokenizer)
/// let trainer = try Trainer(
///     model: model, dataCollator: DataCollatorForMultipleChoice(tokenizer),
///     trainDataset: encoder.encode(rows["train"]))
/// ```
public struct MultipleChoiceEncoder: Sendable {
    /// Which of a data set's columns are read; SWAG's by default.
    public struct Columns: Sendable, Hashable {
        /// What stands before all choices.
        public var context: String
        /// The beginning that all choices share; nil where there is none.
        public var question: String?
        /// The choices.
        public var endings: [String]
        /// The number of the right choice; rows without the column have no labels.
        public var label: String

        public init(
            context: String = "sent1", question: String? = "sent2",
            endings: [String] = ["ending0", "ending1", "ending2", "ending3"], label: String = "label"
        ) {
            self.context = context
            self.question = question
            self.endings = endings
            self.label = label
        }
    }

    public let tokenizer: Tokenizer
    public let columns: Columns
    /// Sequences are cut to this many tokens, special ones included.
    public let maxLength: Int

    /// - Parameters:
    ///   - tokenizer: the model's.
    ///   - columns: which columns are read.
    ///   - maxLength: Python's `max_seq_length`; nil for the most that the tokenizer names, up to 1024.
    /// - Throws: ``TaskError`` for fewer than two choices, or a length without room for a token.
    public init(tokenizer: Tokenizer, columns: Columns = Columns(), maxLength: Int? = nil) throws {
        guard columns.endings.count > 1 else {
            throw TaskError.argument(name: "endings", problem: "there must be two choices or more")
        }
        let specials = tokenizer.numSpecialTokensToAdd(pair: true)
        let length = min(maxLength ?? 1024, tokenizer.modelMaxLength)
        guard length > specials else {
            throw TaskError.argument(
                name: "maxLength", problem: "\(length) has no room for a token beside the \(specials) special ones")
        }
        self.tokenizer = tokenizer
        self.columns = columns
        self.maxLength = length
    }

    /// The rows as `input_ids`, `token_type_ids` and `attention_mask`, each a list for every choice, and `labels`.
    ///
    /// - Throws: ``TaskError`` naming the row whose label is none of the choices, `DatasetError`, `TokenizerError`.
    public func encode(_ rows: Dataset) throws -> Dataset {
        let choices = columns.endings.count
        var (ids, types, masks) = ([[[Int32]]](), [[[Int32]]](), [[[Int32]]]())
        for start in stride(from: 0, to: rows.numRows, by: Self.batchSize) {
            let batch = rows[start..<min(start + Self.batchSize, rows.numRows)]
            var (first, second) = ([String](), [String]())
            for row in batch {
                let context: String = try row[columns.context]
                let question: String? = try columns.question.map { try row[$0] }
                for ending in columns.endings {
                    first.append(context)
                    let text: String = try row[ending]
                    second.append(question.map { "\($0) \(text)" } ?? text)
                }
            }
            let encoded = try tokenizer(
                batch: first, textPairs: second, truncation: .longestFirst, maxLength: maxLength)
            func grouped(_ values: [[Int32]]) -> [[[Int32]]] {
                stride(from: 0, to: values.count, by: choices).map { Array(values[$0..<$0 + choices]) }
            }
            ids += grouped(encoded.inputIds)
            types += grouped(encoded.tokenTypeIds)
            masks += grouped(encoded.attentionMask)
        }
        let result = try Dataset.from(columns: [
            ("input_ids", ids), ("token_type_ids", types), ("attention_mask", masks),
        ])
        guard rows.columnNames.contains(columns.label) else { return result }
        let labels: [Int] = try rows.column(columns.label)
        if let wrong = labels.firstIndex(where: { !(0..<choices).contains($0) }) {
            throw TaskError.data(
                place: rows.place(of: wrong),
                problem: "the label is \(labels[wrong]), but there are the choices 0 to \(choices - 1)",
                remedy: "give the number of the right choice")
        }
        return try result.addColumn("labels", labels)
    }

    private static let batchSize = 1000
}
