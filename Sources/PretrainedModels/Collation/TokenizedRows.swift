import Datasets
import Training

/// The columns of tokenized rows, read at once: what all collators have in common.
struct TokenizedRows {
    let inputIds: [[Int32]]
    let tokenTypeIds: [[Int32]]?
    let attentionMask: [[Int32]]?

    /// - Throws: `TrainingError` where there are no ids, or a row's columns have different lengths.
    init(_ rows: [Row], places: [Int], wanted: WantedColumns) throws {
        let names = rows.first?.columnNames ?? []
        try Self.requireIds(names)
        func lists(_ name: String) throws -> [[Int32]]? {
            guard names.contains(name), wanted.contains(name) else { return nil }
            return try rows.map { try $0[name] }
        }
        inputIds = try rows.map { try $0["input_ids"] }
        tokenTypeIds = try lists("token_type_ids")
        // The padding is told by it, so that it is read even where the model does not take it.
        attentionMask = try names.contains("attention_mask") ? rows.map { try $0["attention_mask"] } : nil
        for others in [tokenTypeIds, attentionMask] {
            guard let others else { continue }
            if let wrong = inputIds.indices.first(where: { others[$0].count != inputIds[$0].count }) {
                throw TrainingError.data(
                    "row \(places[wrong]): input_ids, token_type_ids and attention_mask have different lengths")
            }
        }
    }

    /// The rows padded: `input_ids`, and `token_type_ids` where there are, and `attention_mask`.
    func batch(_ padding: TokenPadding, places: [Int]) throws -> Batch {
        let width = try padding.width(of: inputIds.map(\.count), places: places)
        let lengths =
            attentionMask?.map { $0.reduce(0) { $0 + Int($1) } } ?? inputIds.map(\.count)
        var batch = Batch(
            [(.inputIds, padding.matrix(inputIds, width: width, filler: padding.tokenId ?? 0))], rows: places,
            lengths: lengths)
        if let tokenTypeIds {
            batch[.tokenTypeIds] = padding.matrix(tokenTypeIds, width: width, filler: padding.typeId)
        }
        let mask = attentionMask ?? inputIds.map { [Int32](repeating: 1, count: $0.count) }
        batch[.attentionMask] = padding.matrix(mask, width: width, filler: 0)
        return batch
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
}
