public import Datasets
import Foundation
import OrderedJSON
public import PretrainedModels
public import Tokenization

/// Turns rows of texts into rows of token ids.
public struct TextClassificationEncoder: Sendable {
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
        let positions = try AutoConfig.maxInputLength(configuration) ?? .max
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
    /// Rows that are mapped from the cache are tokenized into a file of the cache, which is mapped in turn: memory does not
    /// grow with them, and a second run with the same rows, tokenizer and length finds the file there. Without pairs it
    /// holds `input_ids` alone, which say it all.
    ///
    /// - Throws: `DatasetError` for a missing text, `TokenizerError`.
    public func encode(_ dataset: Dataset, labels: TextLabelValues? = nil) throws -> Dataset {
        let encoded =
            try dataset.cacheFiles.isEmpty
            ? Dataset.from(columns: columns(of: dataset.batch, all: true)) : encodeThroughCache(dataset)
        return switch labels {
        case .classes(let values)?: try encoded.addColumn("labels", values)
        case .sets(let values)?: try encoded.addColumn("labels", values)
        case .numbers(let values)?: try encoded.addColumn("labels", values)
        case nil: encoded
        }
    }

    private func encodeThroughCache(_ dataset: Dataset) throws -> Dataset {
        let texts = [columns.text] + (columns.textPair.map { [$0] } ?? [])
        let key = Fingerprint(
            "tokenize", swiftTrainerVersion, tokenizer.content, columns.text, columns.textPair, maxLength)
        return try dataset.selectColumns(texts).map(
            batched: true, batchSize: Self.batchSize, removeColumns: texts,
            numProc: ProcessInfo.processInfo.activeProcessorCount, fingerprint: key, desc: "Tokenize"
        ) { batch in EncodedColumns(columns: try columns(of: batch, all: columns.textPair != nil)) }
    }

    private static let batchSize = 1000

    private func columns(of batch: RowBatch, all: Bool) throws -> [(name: String, values: any ColumnConvertible)] {
        let encoded = try encode(batch[columns.text], pairs: try columns.textPair.map { try batch[$0] })
        guard all else { return [("input_ids", encoded.inputIds)] }
        return [
            ("input_ids", encoded.inputIds), ("token_type_ids", encoded.tokenTypeIds),
            ("attention_mask", encoded.attentionMask),
        ]
    }

    /// The texts as token ids, cut but not padded.
    public func encode(_ texts: [String], pairs: [String]? = nil) throws -> BatchEncoding {
        try tokenizer(batch: texts, textPairs: pairs, truncation: .longestFirst, maxLength: maxLength)
    }
}

private struct EncodedColumns: BatchConvertible {
    let columns: [(name: String, values: any ColumnConvertible)]
}
