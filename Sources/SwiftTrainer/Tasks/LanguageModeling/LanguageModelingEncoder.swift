public import Datasets
public import Tokenization

/// Turns texts into rows for language models, as Python's `run_mlm.py` and `run_clm.py`.
///
/// ```swift
/// let lines = try loadDataset(text: ["train": "train.txt", "validation": "valid.txt"])
/// let encoder = try LanguageModelingEncoder(tokenizer: tokenizer, blockSize: 128)
/// let blocks = try encoder.encode(lines["train"])
/// let trainer = try Trainer(
///     model: model, dataCollator: DataCollatorForLanguageModeling(tokenizer), trainDataset: blocks)
/// ```
public struct LanguageModelingEncoder: Sendable {
    public let tokenizer: Tokenizer
    /// The column of texts.
    public let textColumn: String
    /// How many tokens a row has; with `lineByLine` at most.
    public let blockSize: Int
    /// Whether each text is a row of its own, cut to the size of a block; otherwise texts follow one another, and blocks
    /// are cut from them.
    public let lineByLine: Bool
    /// Whether a column `labels` repeats `input_ids`, for models that predict the next token.
    public let withLabels: Bool
    /// So many texts are put together; what is left at the end of them is dropped. Python's `batch_size` of `map`.
    public let batchSize: Int

    /// Where neither the caller nor the tokenizer says less: Python's examples take no longer blocks.
    public static let largestDefaultBlockSize = 1024

    /// - Parameters:
    ///   - tokenizer: the model's.
    ///   - textColumn: the column of texts.
    ///   - blockSize: Python's `block_size` and `max_seq_length`; nil for the most that the tokenizer names, up to 1024.
    ///     No more than the tokenizer's maximum counts.
    ///   - lineByLine: Python's `line_by_line`.
    ///   - withLabels: whether there is a column `labels`.
    ///   - batchSize: so many texts are put together.
    /// - Throws: ``TaskError`` for a size that is not positive, or has no room for a token.
    public init(
        tokenizer: Tokenizer, textColumn: String = "text", blockSize: Int? = nil, lineByLine: Bool = false,
        withLabels: Bool = false, batchSize: Int = 1000
    ) throws {
        let size = min(blockSize ?? Self.largestDefaultBlockSize, tokenizer.modelMaxLength)
        let specials = lineByLine ? tokenizer.numSpecialTokensToAdd() : 0
        guard size > specials else {
            throw TaskError.argument(
                name: "blockSize", problem: "\(size) has no room for a token beside the \(specials) special ones")
        }
        guard batchSize > 0 else {
            throw TaskError.argument(name: "batchSize", problem: "\(batchSize) is not a positive number of texts")
        }
        self.tokenizer = tokenizer
        self.textColumn = textColumn
        self.blockSize = size
        self.lineByLine = lineByLine
        self.withLabels = withLabels
        self.batchSize = batchSize
    }

    /// The rows of all texts: `input_ids`, `special_tokens_mask` and, where asked for, `labels`.
    ///
    /// - Throws: ``TaskError`` where there is not one row, `DatasetError`, `TokenizerError`.
    public func encode(_ rows: Dataset) throws -> Dataset {
        let encoded = try rows.selectColumns([textColumn]).map(
            batched: true, batchSize: batchSize, removeColumns: [textColumn]
        ) { batch in
            let texts: [String] = try batch[textColumn]
            return try LanguageModelingColumns(lineByLine ? lines(texts) : blocks(texts), withLabels: withLabels)
        }
        guard encoded.numRows > 0 else {
            throw TaskError.data(
                place: "\(rows.numRows) texts", problem: "they have fewer than \(blockSize) tokens together",
                remedy: "give more texts or a smaller blockSize")
        }
        return encoded
    }

    private func blocks(_ texts: [String]) throws -> (ids: [[Int32]], special: [[Int32]]) {
        let encoded = try tokenizer(batch: texts, truncation: false)
        func cut(_ values: [Int32]) -> [[Int32]] {
            stride(from: 0, to: values.count / blockSize * blockSize, by: blockSize).map {
                Array(values[$0..<$0 + blockSize])
            }
        }
        return (
            cut(encoded.flatMap { $0.inputIds }), cut(encoded.flatMap { $0.specialTokensMask })
        )
    }

    private func lines(_ texts: [String]) throws -> (ids: [[Int32]], special: [[Int32]]) {
        // Python's `isspace`.
        let kept = texts.filter { text in
            !text.unicodeScalars.allSatisfy { $0.properties.isWhitespace || (0x1C...0x1F).contains($0.value) }
        }
        let encoded = try tokenizer(batch: kept, truncation: true, maxLength: blockSize)
        return (encoded.inputIds, encoded.specialTokensMask)
    }
}

private struct LanguageModelingColumns: BatchConvertible {
    let columns: [(name: String, values: any ColumnConvertible)]

    init(_ tokens: (ids: [[Int32]], special: [[Int32]]), withLabels: Bool) {
        columns =
            [("input_ids", tokens.ids), ("special_tokens_mask", tokens.special)]
            + (withLabels ? [("labels", tokens.ids)] : [])
    }
}
