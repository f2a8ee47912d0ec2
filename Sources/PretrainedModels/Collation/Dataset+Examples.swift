public import Datasets
public import Training

/// A tokenized data set as the trainer's data: columns `input_ids`, and where there are `token_type_ids`,
/// `attention_mask`, and `label`, `labels` or `label_ids`.
extension Dataset: TrainerDataset {
    public func examples(_ context: CollationContext) throws -> Examples {
        try TokenizedRows.requireIds(columnNames)
        let tokenized = try TokenizedRows(columns: columnNames, TokenizedRows.Padding(context))
        let label = TokenizedRows.labelName(in: columnNames)
        var examples = Examples(count: numRows, isConcurrent: true) { places in
            try tokenized.batch(places.map { self[$0] }, places: places)
        }
        examples.label = { place in try label.flatMap { try self[place][$0] } }
        let lengthColumn = context.lengthColumnName
        examples.length =
            columnNames.contains(lengthColumn)
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
