public import Tokenization
public import Training

/// Pads tokenized rows of a batch to the longest, as Python's `DataCollatorWithPadding`.
public struct DataCollatorWithPadding: Sendable {
    /// Id of the padding token.
    public let padTokenId: Int
    /// Type id of padding.
    public let padTokenTypeId: Int
    /// The side on which rows are padded.
    public let paddingSide: Side
    /// Widths are rounded up to a multiple of this; nil: not at all.
    public let padToMultipleOf: Int?

    /// The padding of a tokenizer.
    ///
    /// - Throws: ``PretrainedModelError/argument(_:)`` where it has no padding token.
    public init(_ tokenizer: Tokenizer, padToMultipleOf: Int? = nil) throws {
        guard let padTokenId = tokenizer.padTokenId else {
            throw PretrainedModelError.argument("the tokenizer has no padding token, so batches cannot be padded")
        }
        self.padTokenId = padTokenId
        padTokenTypeId = tokenizer.padTokenTypeId
        paddingSide = tokenizer.paddingSide
        self.padToMultipleOf = padToMultipleOf
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

        /// Whether there are as many type ids and mask elements as tokens.
        var isConsistent: Bool {
            [tokenTypeIds, attentionMask].allSatisfy { $0 == nil || $0?.count == inputIds.count }
        }

        /// Tokens that the mask does not hide.
        var length: Int { attentionMask?.reduce(0) { $0 + Int($1) } ?? inputIds.count }
    }

    /// `input_ids`, `token_type_ids` and `attention_mask`, `int64 [N, L]`, and `labels`, `int64 [N]`.
    public func callAsFunction(_ rows: [Row], places: [Int]) -> Batch {
        let longest = rows.map { $0.inputIds.count }.max() ?? 0
        let width = padToMultipleOf.map { (longest + $0 - 1) / $0 * $0 } ?? longest
        func matrix(_ padding: Int, _ values: (Row) -> [Int32]) -> Tensor {
            var flat = [Int64](repeating: Int64(padding), count: rows.count * width)
            for (index, row) in rows.enumerated() {
                let values = values(row)
                let start = index * width + (paddingSide == .left ? width - values.count : 0)
                for (offset, value) in values.enumerated() { flat[start + offset] = Int64(value) }
            }
            return Tensor(flat, shape: [rows.count, width])
        }
        var batch = Batch(
            [(.inputIds, matrix(padTokenId) { $0.inputIds })], rows: places, lengths: rows.map(\.length))
        if rows.allSatisfy({ $0.tokenTypeIds != nil }) {
            batch[.tokenTypeIds] = matrix(padTokenTypeId) { $0.tokenTypeIds ?? [] }
        }
        batch[.attentionMask] = matrix(0) {
            $0.attentionMask ?? [Int32](repeating: 1, count: $0.inputIds.count)
        }
        let labels = rows.compactMap { $0.label }
        if labels.count == rows.count, !rows.isEmpty {
            batch[.labels] = Tensor(labels)
            batch.labelCount = labels.count { $0 != -100 }
        }
        return batch
    }
}
