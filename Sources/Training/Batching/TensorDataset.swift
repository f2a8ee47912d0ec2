/// Tensors of equal first size as a data set: row i is the i-th slice of each.
///
/// ```swift
/// let examples = TensorDataset(["input_ids": .rand([100, 768]), "labels": .randint(0, 2, [100])])
/// ```
public struct TensorDataset: RandomAccessCollection {
    /// Names and tensors, in order.
    public let columns: [(name: String, tensor: Tensor)]
    public let count: Int

    /// - Precondition: All tensors have the same first size.
    public init(_ columns: KeyValuePairs<String, Tensor>) {
        self.columns = columns.map { ($0.key, $0.value) }
        count = columns.first?.value.size(0) ?? 0
        for (name, tensor) in columns {
            precondition(
                tensor.size(0) == count,
                "TensorDataset: '\(name)' has \(tensor.size(0)) rows, the first column \(count)")
        }
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    /// The slices of row `index`.
    public subscript(index: Int) -> [(name: String, tensor: Tensor)] { columns.map { ($0.name, $0.tensor[index]) } }
}

extension TensorDataset: TrainerDataset {
    public func examples(_ context: CollationContext) throws -> Examples {
        let kept = columns.filter { context.keeps($0.name) }
        guard !kept.isEmpty || columns.isEmpty else {
            throw TrainingError.data(
                "none of the columns \(columns.map { $0.name }.joined(separator: ", ")) is an input of the model "
                    + "(\(context.inputNames?.joined(separator: ", ") ?? ""))")
        }
        let keys = kept.map { name, tensor in
            (name == "label" || name == "label_ids" ? .labels : BatchKey(name), tensor)
        }
        let labels = keys.first { $0.0 == .labels }?.1
        let ids = labels.flatMap { $0.dim == 1 && !$0.dtype.isFloatingPoint ? $0.array(of: Int.self) : nil }
        let allCount = ids?.contains(-100) == false
        // libtorch lets threads read one tensor together, and nobody writes to these.
        var examples = Examples(count: count, isConcurrent: true) { indices in
            var batch = Batch(keys.map { ($0, $1.gatherRows(indices)) }, rows: indices)
            if allCount { batch.labelCount = indices.count }
            return batch
        }
        if let ids { examples.label = { ids[$0] } }
        examples.length = length(context)
        examples.inputRange = inputRange(keys)
        return examples
    }

    /// The column of lengths, or how long each row's input ids are.
    private func length(_ context: CollationContext) -> ((Int) -> Int?)? {
        if let column = columns.first(where: { $0.name == context.lengthColumnName }), column.tensor.dim == 1,
            !column.tensor.dtype.isFloatingPoint
        {
            let lengths = column.tensor.array(of: Int.self)
            return { lengths[$0] }
        }
        guard let ids = columns.first(where: { $0.name == "input_ids" })?.tensor, ids.dim > 1 else { return nil }
        let length = ids.size(1)
        return { _ in length }
    }

    private func inputRange(_ keys: [(BatchKey, Tensor)]) -> ((Int) throws -> InputRange?)? {
        guard let ids = keys.first(where: { $0.0 == .inputIds })?.1, ids.dim == 2, !ids.dtype.isFloatingPoint,
            ids.size(1) > 0
        else { return nil }
        return { row in
            let ids = ids[row].array(of: Int.self)
            guard let least = ids.min(), let most = ids.max() else { return InputRange(ids: nil, length: 0) }
            return InputRange(ids: least...most, length: ids.count)
        }
    }
}
