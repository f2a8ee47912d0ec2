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
        // libtorch lets threads read one tensor together, and nobody writes to these.
        var examples = Examples(count: count, isConcurrent: true) { indices in
            Batch(keys.map { ($0, $1.gatherRows(indices)) }, rows: indices)
        }
        if let labels = keys.first(where: { $0.0 == .labels })?.1, labels.dim == 1, !labels.dtype.isFloatingPoint {
            let ids = labels.array(of: Int.self)
            examples.label = { ids[$0] }
        }
        return examples
    }
}
