public import Datasets
public import Tokenization

/// What `Dataset.map` adds for a tokenized text: `input_ids`, `token_type_ids`, `attention_mask`.
extension Encoding: RowConvertible {
    public var columns: [(name: String, value: CellValue)] {
        [
            ("input_ids", .int32s(inputIds)), ("token_type_ids", .int32s(tokenTypeIds)),
            ("attention_mask", .int32s(attentionMask)),
        ]
    }
}
