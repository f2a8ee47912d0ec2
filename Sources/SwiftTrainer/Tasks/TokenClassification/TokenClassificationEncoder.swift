public import Datasets
public import Tokenization
import Training

/// Turns rows of tagged words into rows of token ids with a label for each token, as Python's `run_ner.py`.
///
/// The first piece of each word has the word's label; later pieces and special tokens have -100, which no loss and no
/// metric counts.
/// ```swift
/// let words = try loadDataset(conll: ["train": "train.conll", "validation": "dev.conll"])
/// let encoder = try TokenClassificationEncoder(tokenizer: tokenizer, labels: words["train"].tagNames())
/// let train = try encoder.encode(words["train"])
/// print(train.truncation)
/// ```
public struct TokenClassificationEncoder: Sendable {
    public let tokenizer: Tokenizer
    /// The tags by class number.
    public let labels: [String]
    /// The column of words.
    public let tokensColumn: String
    /// The column of tags; rows without it are encoded without labels.
    public let tagsColumn: String
    /// Rows are cut to this many tokens, special ones included.
    public let maxLength: Int
    /// Whether later pieces of a word have a label too: the word's, but inside the entity where the word begins it
    /// (`I-PER` behind `B-PER`).
    public let labelAllTokens: Bool

    private let numbers: [String: Int]
    /// The label of later pieces by that of the word.
    private let continuations: [Int]

    /// - Parameters:
    ///   - tokenizer: the model's.
    ///   - labels: the tags, in the order of the model's classes.
    ///   - tokensColumn: the column of words.
    ///   - tagsColumn: the column of tags.
    ///   - maxLength: nil for the most that the tokenizer names; Python's `max_seq_length`.
    ///   - labelAllTokens: Python's `label_all_tokens`.
    /// - Throws: ``TaskError`` where there are no labels, one comes twice, or `maxLength` has no room for a token.
    public init(
        tokenizer: Tokenizer, labels: [String], tokensColumn: String = "tokens", tagsColumn: String = "ner_tags",
        maxLength: Int? = nil, labelAllTokens: Bool = false
    ) throws {
        var numbers: [String: Int] = [:]
        for (number, label) in labels.enumerated() where numbers.updateValue(number, forKey: label) != nil {
            throw TaskError.argument(name: "labels", problem: "'\(TaskError.short(label))' is named twice")
        }
        guard !labels.isEmpty else { throw TaskError.argument(name: "labels", problem: "no tag is named") }
        let specials = tokenizer.numSpecialTokensToAdd()
        if let maxLength, maxLength <= specials {
            throw TaskError.argument(
                name: "maxLength", problem: "\(maxLength) has no room for a token beside the \(specials) special ones")
        }
        self.tokenizer = tokenizer
        self.labels = labels
        self.tokensColumn = tokensColumn
        self.tagsColumn = tagsColumn
        self.maxLength = maxLength ?? tokenizer.modelMaxLength
        self.labelAllTokens = labelAllTokens
        self.numbers = numbers
        continuations = labels.enumerated().map { number, label in
            guard label.hasPrefix("B-") else { return number }
            return ["I-", "M-"].lazy.compactMap { numbers[$0 + label.dropFirst(2)] }.first ?? number
        }
    }

    /// The rows as `input_ids`, `token_type_ids`, `attention_mask` and, where they have tags, `labels`.
    ///
    /// - Throws: ``TaskError`` naming the row where words and tags differ in number or a tag is none of the labels,
    ///   `DatasetError`, `TokenizerError`.
    public func encode(_ rows: Dataset) throws -> TokenClassificationRows {
        let hasTags = rows.columnNames.contains(tagsColumn)
        let tags = hasTags ? try TagColumn(rows, tagsColumn) : nil
        var result = TokenClassificationRows.Builder(hasLabels: hasTags)
        for start in stride(from: 0, to: rows.numRows, by: Self.batchSize) {
            let range = start..<min(start + Self.batchSize, rows.numRows)
            let words: [[String]] = try range.map { try rows[$0][tokensColumn] }
            let encodings = try encode(words)
            for (row, (words, encoding)) in zip(range, zip(words, encodings)) {
                let names = try tags?.tags(row)
                if let names, names.count != words.count {
                    throw TaskError.data(
                        place: rows.place(of: row), problem: "\(words.count) words and \(names.count) tags",
                        remedy: "give each word one tag")
                }
                let numbers = try names?.map { try number(of: $0, rows.place(of: row)) }
                let wordIds = encoding.wordIds
                result.append(encoding, labels: numbers.map { labels(wordIds: wordIds, of: $0) }, wordIds)
                try result.count(words: words.count, tags: names, wordIds)
            }
        }
        return try result.finish()
    }

    /// Words as token ids, cut but not padded.
    public func encode(_ words: [[String]]) throws -> BatchEncoding {
        try tokenizer(batchWords: words, truncation: .longestFirst, maxLength: maxLength)
    }

    private static let batchSize = 1000

    private func number(of tag: String, _ place: @autoclosure () -> String) throws -> Int {
        if let number = numbers[tag] { return number }
        throw TaskError.data(
            place: place(),
            problem: "the tag '\(TaskError.short(tag))' is none of the \(labels.count) labels "
                + labels.prefix(10).map { "'\(TaskError.short($0))'" }.joined(separator: ", ")
                + (labels.count > 10 ? ", …" : ""), remedy: "correct it, or add it to the labels")
    }

    /// The label of each token.
    /// - Parameters:
    ///   - wordIds: the word of each token, nil for special ones.
    ///   - numbers: the label of each word.
    func labels(wordIds: [Int?], of numbers: [Int]) -> [Int32] {
        var before: Int?
        return wordIds.map { word in
            defer { before = word }
            guard let word else { return -100 }
            if word != before { return Int32(numbers[word]) }
            return labelAllTokens ? Int32(continuations[numbers[word]]) : -100
        }
    }
}
