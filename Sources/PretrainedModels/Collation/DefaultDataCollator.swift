public import Datasets
public import Training

/// Puts rows of one length together without padding, as Python's `default_data_collator`: blocks of a language model,
/// rows that were padded before.
public struct DefaultDataCollator: DataCollator {
    public init() {}

    /// `input_ids`, `token_type_ids`, `attention_mask` and `labels`, and what else the model has for labels or inputs.
    public func batch(_ rows: [Row], places: [Int], wanted: WantedColumns) throws -> Batch {
        var batch = try TokenizedRows(rows, places: places, wanted: wanted).batch(TokenPadding(), places: places)
        try LabelTensors.add(to: &batch, rows, places: places, wanted: wanted)
        return batch
    }
}
