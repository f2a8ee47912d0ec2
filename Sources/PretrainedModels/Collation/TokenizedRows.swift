import Datasets
import Tokenization
import Training

/// Reads tokenized rows and pads them: what data sets in memory and streams have in common.
struct TokenizedRows: Sendable {
    /// How rows are padded, whatever their columns are.
    struct Padding: Sendable {
        fileprivate let collate: DataCollatorWithPadding
        fileprivate let keepsTypes: Bool

        /// - Throws: `TrainingError` where no tokenizer was given.
        init(_ context: CollationContext) throws {
            guard let tokenizer = context.processingClass as? Tokenizer else {
                throw TrainingError.argument(
                    "the data set's rows must be padded: give the tokenizer as processingClass")
            }
            collate = try DataCollatorWithPadding(tokenizer)
            keepsTypes = context.keeps("token_type_ids")
        }
    }

    private let collate: DataCollatorWithPadding
    private let label: String?
    private let readsTypes: Bool
    private let readsMask: Bool

    /// - Parameter names: the columns that there are.
    /// - Throws: `TrainingError` where `input_ids` is none of them.
    init(columns names: [String], _ padding: Padding) throws {
        try Self.requireIds(names)
        collate = padding.collate
        label = Self.labelName(in: names)
        readsTypes = names.contains("token_type_ids") && padding.keepsTypes
        readsMask = names.contains("attention_mask")
    }

    static func requireIds(_ names: [String]) throws {
        guard names.contains("input_ids") else {
            throw TrainingError.data(
                "the data set has no column input_ids, only \(names.joined(separator: ", ")); tokenize it with map")
        }
    }

    static func labelName(in names: [String]) -> String? {
        ["label", "labels", "label_ids"].first { names.contains($0) }
    }

    /// - Parameters:
    ///   - rows: tokenized rows.
    ///   - places: their numbers in the data set.
    func batch(_ rows: [Row], places: [Int]) throws -> Batch {
        let tokenized = try zip(rows, places).map { row, place in
            let tokenized = DataCollatorWithPadding.Row(
                inputIds: try row["input_ids"], tokenTypeIds: readsTypes ? try row["token_type_ids"] : nil,
                attentionMask: readsMask ? try row["attention_mask"] : nil, label: try label.map { try row[$0] })
            guard tokenized.isConsistent else {
                throw TrainingError.data(
                    "row \(place): input_ids, token_type_ids and attention_mask have different lengths")
            }
            return tokenized
        }
        return collate(tokenized, places: places)
    }
}
