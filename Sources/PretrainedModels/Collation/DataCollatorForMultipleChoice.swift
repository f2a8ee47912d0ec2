public import Datasets
public import Tokenization
public import Training

/// Pads the choices of all rows to one length, as Python's class of this name: each of a row's columns is a list with an
/// element for each choice.
public struct DataCollatorForMultipleChoice: DataCollator {
    private let padding: TokenPadding

    /// - Parameters:
    ///   - tokenizer: whose padding token and side count.
    ///   - padding: `.longest` pads to the longest choice of a batch, `.maxLength` to `maxLength`.
    ///   - maxLength: nil for the most that the tokenizer names.
    ///   - padToMultipleOf: rounds widths up to a multiple of this.
    /// - Throws: ``PretrainedModelError/argument(_:)`` for a number that is not positive.
    public init(
        _ tokenizer: Tokenizer, padding: Padding = .longest, maxLength: Int? = nil, padToMultipleOf: Int? = nil
    ) throws {
        self.padding = try TokenPadding(
            tokenizer, padding: padding, maxLength: maxLength, padToMultipleOf: padToMultipleOf)
    }

    /// `input_ids`, `token_type_ids`, `attention_mask`, `int64 [N, choices, L]`, and `labels`, `int64 [N]`: the number of
    /// the right choice.
    public func batch(_ rows: [Row], places: [Int], wanted: WantedColumns) throws -> Batch {
        let names = rows[0].columnNames
        try TokenizedRows.requireIds(names)
        let ids: [[[Int32]]] = try rows.map { try $0["input_ids"] }
        let choices = ids[0].count
        if let wrong = ids.indices.first(where: { ids[$0].count != choices }) {
            throw TrainingError.data(
                "row \(places[wrong]) has \(ids[wrong].count) choices and row \(places[0]) \(choices)")
        }
        let flat = Array(ids.joined())
        let width = try padding.width(
            of: flat.map(\.count), places: places.flatMap { [Int](repeating: $0, count: choices) })
        func add(_ key: BatchKey, _ values: [[Int32]], filler: Int, to batch: inout Batch) {
            batch[key] = padding.matrix(values, width: width, filler: filler).reshape([rows.count, choices, width])
        }
        func column(_ name: String) throws -> [[Int32]]? {
            guard names.contains(name), wanted.contains(name) else { return nil }
            let lists: [[[Int32]]] = try rows.map { try $0[name] }
            if let wrong = lists.indices.first(where: { lists[$0].map(\.count) != ids[$0].map(\.count) }) {
                throw TrainingError.data("row \(places[wrong]): '\(name)' has other lengths than input_ids")
            }
            return Array(lists.joined())
        }
        var batch = Batch(rows: places, lengths: ids.map { $0.reduce(0) { $0 + $1.count } })
        add(.inputIds, flat, filler: padding.tokenId ?? 0, to: &batch)
        if let types = try column("token_type_ids") { add(.tokenTypeIds, types, filler: padding.typeId, to: &batch) }
        let mask = try column("attention_mask") ?? flat.map { [Int32](repeating: 1, count: $0.count) }
        add(.attentionMask, mask, filler: 0, to: &batch)
        if let label = TokenizedRows.labelName(in: names) {
            let labels: [Int] = try rows.map { try $0[label] }
            if let wrong = labels.firstIndex(where: { $0 != -100 && !(0..<choices).contains($0) }) {
                throw TrainingError.data(
                    "row \(places[wrong]): the label is \(labels[wrong]), but there are the choices 0 to \(choices - 1)"
                )
            }
            batch[.labels] = Tensor(labels)
            batch.labelCount = labels.count { $0 != -100 }
        }
        return batch
    }
}
