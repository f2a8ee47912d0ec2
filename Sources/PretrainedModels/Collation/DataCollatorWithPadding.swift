public import Datasets
public import Tokenization
public import Training

/// Pads tokenized rows of a batch to the longest, as Python's `DataCollatorWithPadding`.
public struct DataCollatorWithPadding: Sendable {
    /// Id of the padding token.
    public let padTokenId: Int
    private let padding: TokenPadding

    /// Type id of padding.
    public var padTokenTypeId: Int { padding.typeId }
    /// The side on which rows are padded.
    public var paddingSide: Side { padding.side }
    /// Widths are rounded up to a multiple of this; nil: not at all.
    public var padToMultipleOf: Int? { padding.multiple }

    /// The padding of a tokenizer.
    ///
    /// - Parameters:
    ///   - tokenizer: the tokenizer.
    ///   - padding: `.longest` pads to the longest row of a batch, `.maxLength` to `maxLength`.
    ///   - maxLength: nil for the most that the tokenizer names.
    ///   - padToMultipleOf: rounds widths up to a multiple of this.
    /// - Throws: ``PretrainedModelError/argument(_:)`` where the tokenizer has no padding token, or a number is not
    ///   positive.
    public init(
        _ tokenizer: Tokenizer, padding: Padding = .longest, maxLength: Int? = nil, padToMultipleOf: Int? = nil
    ) throws {
        guard let padTokenId = tokenizer.padTokenId else {
            throw PretrainedModelError.argument("the tokenizer has no padding token, so batches cannot be padded")
        }
        self.padTokenId = padTokenId
        self.padding = try TokenPadding(
            tokenizer, padding: padding, maxLength: maxLength, padToMultipleOf: padToMultipleOf)
    }

    /// The padding of the tokenizer that the trainer was given.
    ///
    /// - Throws: `TrainingError` where there is none.
    init(_ context: CollationContext) throws {
        guard let tokenizer = context.processingClass as? Tokenizer else {
            throw TrainingError.argument(
                "the data set's rows must be padded: give the tokenizer as processingClass")
        }
        try self.init(tokenizer)
    }

    /// One row: its token ids, type ids (nil: the model takes none) and label.
    public struct Row: Sendable {
        public let inputIds: [Int32]
        public let tokenTypeIds: [Int32]?
        public let attentionMask: [Int32]?
        public let label: Int?

        public init(inputIds: [Int32], tokenTypeIds: [Int32]? = nil, attentionMask: [Int32]? = nil, label: Int? = nil) {
            self.inputIds = inputIds
            self.tokenTypeIds = tokenTypeIds
            self.attentionMask = attentionMask
            self.label = label
        }

        /// Tokens that the mask does not hide.
        var length: Int { attentionMask?.reduce(0) { $0 + Int($1) } ?? inputIds.count }
    }

    /// `input_ids`, `token_type_ids` and `attention_mask`, `int64 [N, L]`, and `labels`, `int64 [N]`.
    public func callAsFunction(_ rows: [Row], places: [Int]) -> Batch {
        let longest = rows.map { $0.inputIds.count }.max() ?? 0
        let width = padToMultipleOf.map { (longest + $0 - 1) / $0 * $0 } ?? longest
        var batch = Batch(
            [(.inputIds, padding.matrix(rows.map(\.inputIds), width: width, filler: padTokenId))], rows: places,
            lengths: rows.map(\.length))
        if rows.allSatisfy({ $0.tokenTypeIds != nil }) {
            batch[.tokenTypeIds] = padding.matrix(
                rows.map { $0.tokenTypeIds ?? [] }, width: width, filler: padTokenTypeId)
        }
        batch[.attentionMask] = padding.matrix(
            rows.map { $0.attentionMask ?? [Int32](repeating: 1, count: $0.inputIds.count) }, width: width, filler: 0)
        let labels = rows.compactMap { $0.label }
        if labels.count == rows.count, !rows.isEmpty {
            batch[.labels] = Tensor(labels)
            batch.labelCount = labels.count { $0 != -100 }
        }
        return batch
    }
}

extension DataCollatorWithPadding: DataCollator {
    /// `input_ids`, `token_type_ids` and `attention_mask`, `int64 [N, L]`; `labels`, `int64 [N]` of integers, `float32 [N]`
    /// of fractions, `[N, C]` of lists; and what else the model has for labels or inputs.
    public func batch(_ rows: [Datasets.Row], places: [Int], wanted: WantedColumns) throws -> Batch {
        var batch = try TokenizedRows(rows, places: places, wanted: wanted).batch(padding, places: places)
        try LabelTensors.add(to: &batch, rows, places: places, wanted: wanted)
        return batch
    }
}
