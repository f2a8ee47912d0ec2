public import Datasets
import Tokenization
public import Training

/// A tokenized data set as the trainer's data: columns `input_ids`, and where there are `token_type_ids`,
/// `attention_mask`, and `label`, `labels` or `label_ids`.
extension Dataset: TrainerDataset {
    public func examples(_ context: CollationContext) throws -> Examples {
        let names = Set(columnNames)
        guard names.contains("input_ids") else {
            throw TrainingError.data(
                "the data set has no column input_ids, only \(columnNames.joined(separator: ", ")); tokenize it with map"
            )
        }
        guard let tokenizer = context.processingClass as? Tokenizer else {
            throw TrainingError.argument("the data set's rows must be padded: give the tokenizer as processingClass")
        }
        let collate = try DataCollatorWithPadding(tokenizer)
        let label = ["label", "labels", "label_ids"].first { names.contains($0) }
        let readsTypes = names.contains("token_type_ids") && context.keeps("token_type_ids")
        let readsMask = names.contains("attention_mask")
        var examples = Examples(count: numRows, isConcurrent: true) { places in
            let rows = try places.map { place in
                let row = self[place]
                let tokenized = DataCollatorWithPadding.Row(
                    inputIds: try row["input_ids"], tokenTypeIds: readsTypes ? try row["token_type_ids"] : nil,
                    attentionMask: readsMask ? try row["attention_mask"] : nil,
                    label: try label.map { try row[$0] })
                guard tokenized.isConsistent else {
                    throw TrainingError.data(
                        "row \(place): input_ids, token_type_ids and attention_mask have different lengths")
                }
                return tokenized
            }
            return collate(rows, places: places)
        }
        examples.label = { place in try label.flatMap { try self[place][$0] } }
        let lengthColumn = context.lengthColumnName
        examples.length =
            names.contains(lengthColumn)
            ? { place in try? self[place][lengthColumn] as Int }
            : { place in (try? self[place]["input_ids"] as [Int32])?.count }
        examples.inputRange = { place in
            let ids: [Int32] = try self[place]["input_ids"]
            guard let least = ids.min(), let most = ids.max() else { return InputRange(ids: nil, length: 0) }
            return InputRange(ids: Int(least)...Int(most), length: ids.count)
        }
        examples.location = { self.sourceLocation(ofRow: $0).map { "\($0)" } }
        return examples
    }
}
