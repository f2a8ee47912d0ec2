public import Datasets
public import Tokenization
public import Training

/// Pads tokenized rows and the labels of their tokens, as Python's class of this name.
public struct DataCollatorForTokenClassification: DataCollator {
    /// The label of padding; -100, which no loss counts, by default.
    public let labelPadTokenId: Int
    private let padding: TokenPadding

    /// - Parameters:
    ///   - tokenizer: whose padding token and side count.
    ///   - padding: `.longest` pads to the longest row of a batch, `.maxLength` to `maxLength`.
    ///   - maxLength: nil for the most that the tokenizer names.
    ///   - padToMultipleOf: rounds widths up to a multiple of this.
    ///   - labelPadTokenId: the label of padding.
    /// - Throws: ``PretrainedModelError/argument(_:)`` for a number that is not positive.
    public init(
        _ tokenizer: Tokenizer, padding: Padding = .longest, maxLength: Int? = nil, padToMultipleOf: Int? = nil,
        labelPadTokenId: Int = -100
    ) throws {
        self.labelPadTokenId = labelPadTokenId
        self.padding = try TokenPadding(
            tokenizer, padding: padding, maxLength: maxLength, padToMultipleOf: padToMultipleOf)
    }

    /// `input_ids`, `token_type_ids`, `attention_mask`, and of the column `label` or `labels` a tensor `labels`, all
    /// `int64 [N, L]`.
    public func batch(_ rows: [Row], places: [Int], wanted: WantedColumns) throws -> Batch {
        let tokens = try TokenizedRows(rows, places: places, wanted: wanted)
        var batch = try tokens.batch(padding, places: places)
        guard let name = ["label", "labels"].first(where: { rows[0].columnNames.contains($0) }) else { return batch }
        let labels: [[Int32]] = try rows.map { try $0[name] }
        if let wrong = labels.indices.first(where: { labels[$0].count != tokens.inputIds[$0].count }) {
            throw TrainingError.data(
                "row \(places[wrong]): \(labels[wrong].count) labels for \(tokens.inputIds[wrong].count) tokens")
        }
        let width = batch[.inputIds]?.size(1) ?? 0
        batch[.labels] = padding.matrix(labels, width: width, filler: labelPadTokenId)
        batch.labelCount = labels.reduce(0) { $0 + $1.count { $0 != -100 } }
        if labelPadTokenId != -100 {
            batch.labelCount? += labels.reduce(0) { $0 + width - $1.count }
        }
        return batch
    }
}
