import Datasets
import Training

/// Labels and other inputs that are not padded, as tensors: one number a row, or as many for every row.
enum LabelTensors {
    /// A column as a tensor: integers int64 `[N]`, fractions float32 `[N]`, lists `[N, L]`.
    ///
    /// - Throws: `DatasetError`, `TrainingError` where lists have several lengths, or the column holds no numbers.
    static func tensor(_ name: String, _ rows: [Row], places: [Int]) throws -> Tensor {
        let type = try rows[0].cell(name).type
        if let element = type.element {
            let isFraction = element.isFloatingPoint
            let lists: [[Double]] = try rows.map { try $0[name] }
            if let wrong = lists.indices.first(where: { lists[$0].count != lists[0].count }) {
                throw TrainingError.data(
                    "row \(places[wrong]): '\(name)' has \(lists[wrong].count) numbers and row \(places[0]) \(lists[0].count); "
                        + "labels of tokens need DataCollatorForTokenClassification")
            }
            return isFraction
                ? Tensor(lists.map { $0.map { Float($0) } }) : Tensor(try rows.map { try $0[name] as [Int] })
        }
        if type.isFloatingPoint { return Tensor(try rows.map { try $0[name] as Float }) }
        if case .bool = type { return Tensor(try rows.map { try ($0[name] as Bool) ? 1 : 0 }) }
        return Tensor(try rows.map { try $0[name] as Int })
    }

    /// Adds the labels under Python's name, and further labels and inputs that the model asks for by name.
    static func add(to batch: inout Batch, _ rows: [Row], places: [Int], wanted: WantedColumns) throws {
        guard let names = rows.first?.columnNames else { return }
        if let label = TokenizedRows.labelName(in: names) {
            let tensor = try tensor(label, rows, places: places)
            batch[.labels] = tensor
            if tensor.dim == 1, tensor.dtype == .int64 {
                batch.labelCount = tensor.array(of: Int.self).count { $0 != -100 }
            }
        }
        let known = ["input_ids", "token_type_ids", "attention_mask", "label", "labels", "label_ids"]
        for name in wanted.labelNames + (wanted.inputNames ?? []) where names.contains(name) && !known.contains(name) {
            batch[BatchKey(name)] = try tensor(name, rows, places: places)
        }
    }
}
