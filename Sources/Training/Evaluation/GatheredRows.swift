/// Outputs, labels, inputs and losses of an evaluation: in one part, or in one for each batch.
struct GatheredRows {
    struct Part {
        var outputs: [Tensor] = []
        var labels: [Tensor] = []
        var inputs: Tensor?
        var losses: Tensor?

        /// By the first tensor there is.
        var rowCount: Int { (outputs + labels).first.map { $0.dim == 0 ? 1 : $0.size(0) } ?? 0 }
    }

    var outputNames: [String] = []
    var parts: [Part] = []

    func moved(to device: Device) -> GatheredRows {
        guard device.kind != .cpu else { return self }
        var moved = self
        moved.parts = parts.map { part in
            Part(
                outputs: part.outputs.map { $0.to(device: device) }, labels: part.labels.map { $0.to(device: device) },
                inputs: part.inputs?.to(device: device), losses: part.losses)
        }
        return moved
    }

    var outputs: [Tensor] { outputNames.indices.map { output($0) } }
    func output(_ index: Int) -> Tensor { joined(parts.map { $0.outputs[index] }) }
    var labels: [Tensor] { labelIndices.map { label($0) } }
    func label(_ index: Int) -> Tensor { joined(parts.map { $0.labels[index] }) }
    private var labelIndices: Range<Int> { parts.first?.labels.indices ?? 0..<0 }

    /// The first ones, without joining the others.
    var firstOutput: Tensor? { outputNames.isEmpty ? nil : output(0) }
    var firstLabel: Tensor? { labelIndices.isEmpty ? nil : label(0) }
    var inputs: Tensor? { optional(parts.compactMap { $0.inputs }) }
    var losses: Tensor? { optional(parts.compactMap { $0.losses }) }

    private func optional(_ tensors: [Tensor]) -> Tensor? { tensors.isEmpty ? nil : joined(tensors) }

    /// Along dimension 0, padded with -100 along dimension 1.
    private func joined(_ tensors: [Tensor]) -> Tensor {
        if tensors.count == 1 { return tensors[0] }
        let width = tensors.filter { $0.dim > 1 }.map { $0.size(1) }.max()
        return Tensor.cat(tensors.map { $0.paddedWithIgnored(to: width) })
    }
}

extension Tensor {
    /// Dimension 1 filled up with -100.
    func paddedWithIgnored(to width: Int?) -> Tensor {
        guard let width, dim > 1, size(1) < width else { return self }
        // Pairs from the last dimension to dimension 1.
        let pairs = [Int](repeating: 0, count: 2 * (dim - 2)) + [0, width - size(1)]
        return constantPadNd(pairs, value: -100)
    }
}
