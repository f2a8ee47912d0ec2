public import Datasets
import OrderedJSON
public import PretrainedModels
public import Tokenization

/// Turns rows of texts into rows of token ids.
public struct TextClassificationEncoder {
    public let tokenizer: Tokenizer
    public let columns: TextClassificationColumns
    /// Texts are cut to this many tokens, special ones included.
    public let maxLength: Int

    /// - Parameters:
    ///   - tokenizer: the model's.
    ///   - columns: which columns are texts.
    ///   - maxLength: nil for the most that both the tokenizer and the model take.
    ///   - configuration: the model's, which says how many tokens it takes and knows.
    ///   - folder: the model's folder, for errors.
    /// - Throws: ``TextClassificationError`` where `maxLength` leaves no room for a token or is more than the model takes,
    ///   or the tokenizer is another model's.
    public init(
        tokenizer: Tokenizer, columns: TextClassificationColumns, maxLength: Int? = nil,
        configuration: ModelConfiguration, folder: String
    ) throws {
        let positions = configuration["max_position_embeddings"]?.intValue ?? .max
        if let words = configuration["vocab_size"]?.intValue, tokenizer.largestId >= words {
            throw TextClassificationError.unsuitableModel(
                folder: folder,
                problem: "the tokenizer has ids up to \(tokenizer.largestId), but config.json a vocab_size of \(words)")
        }
        let specials = tokenizer.numSpecialTokensToAdd(pair: columns.textPair != nil)
        if let maxLength {
            guard maxLength > specials else {
                throw TextClassificationError.invalidSetting(
                    "--max-length is \(maxLength), which has no room for a token beside the \(specials) special ones")
            }
            guard maxLength <= positions else {
                throw TextClassificationError.invalidSetting(
                    "--max-length is \(maxLength), but the model takes at most \(positions) tokens")
            }
        }
        self.tokenizer = tokenizer
        self.columns = columns
        self.maxLength = maxLength ?? min(tokenizer.modelMaxLength, positions)
    }

    /// The rows as `input_ids`, `token_type_ids` and `attention_mask`, and `labels` where they are given.
    ///
    /// - Throws: `DatasetError` for a missing text, `TokenizerError`.
    public func encode(_ dataset: Dataset, labels: [Int]? = nil) throws -> Dataset {
        let texts: [String] = try dataset.column(columns.text)
        let pairs: [String]? = try columns.textPair.map { try dataset.column($0) }
        let encoded = try encode(texts, pairs: pairs)
        var result: [(name: String, values: any ColumnConvertible)] = [
            ("input_ids", encoded.inputIds), ("token_type_ids", encoded.tokenTypeIds),
            ("attention_mask", encoded.attentionMask),
        ]
        if let labels { result.append(("labels", labels)) }
        return try Dataset.from(columns: result)
    }

    /// The texts as token ids, cut but not padded.
    public func encode(_ texts: [String], pairs: [String]? = nil) throws -> BatchEncoding {
        try tokenizer(batch: texts, textPairs: pairs, truncation: .longestFirst, maxLength: maxLength)
    }
}
