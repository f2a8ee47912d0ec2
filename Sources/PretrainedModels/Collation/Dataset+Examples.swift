public import Datasets
public import Training

/// A tokenized data set as the trainer's data: columns `input_ids`, and where there are `token_type_ids`,
/// `attention_mask`, and `label`, `labels` or `label_ids`, or those that the model's labels are named.
///
/// Rows are padded (``DataCollatorWithPadding``); ``collated(by:)`` names another collator.
extension Dataset: TrainerDataset {
    public func examples(_ context: CollationContext) throws -> Examples {
        try examples(
            try DataCollatorWithPadding(context), WantedColumns(context), lengthColumn: context.lengthColumnName)
    }

    func examples(_ collator: any DataCollator, _ wanted: WantedColumns, lengthColumn: String) throws -> Examples {
        try TokenizedRows.requireIds(columnNames)
        var examples = Examples(count: numRows, isConcurrent: collator.isConcurrent) { places in
            try collator.batch(places.map { self[$0] }, places: places, wanted: wanted)
        }
        if let label = TokenizedRows.labelName(in: columnNames), features[label]?.isClassId == true {
            examples.label = { place in try self[place][label] }
        }
        examples.location = { self.sourceLocation(ofRow: $0).map { "\($0)" } }
        let isNested = features["input_ids"]?.element?.element != nil
        func ids(_ place: Int) throws -> [Int32] {
            isNested
                ? try (self[place]["input_ids"] as [[Int32]]).max { $0.count < $1.count } ?? []
                : try self[place]["input_ids"]
        }
        examples.length =
            columnNames.contains(lengthColumn)
            ? { place in try? self[place][lengthColumn] as Int } : { place in try? ids(place).count }
        examples.inputRange = { place in
            let ids = try ids(place)
            guard let least = ids.min(), let most = ids.max() else { return InputRange(ids: nil, length: 0) }
            return InputRange(ids: Int(least)...Int(most), length: ids.count)
        }
        return examples
    }
}

extension FeatureType {
    /// Whether a value is the number of a class, or at least an integer.
    fileprivate var isClassId: Bool {
        if case .classLabel = self { return true }
        return isInteger
    }
}
