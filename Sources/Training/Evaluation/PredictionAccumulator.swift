/// Collects tensors of batches on the CPU and joins them along dimension 0, padding dimension 1 with -100.
struct PredictionAccumulator {
    private var parts: [Tensor] = []

    mutating func add(_ tensor: Tensor) {
        // As Python, whose NumPy has no bfloat16.
        let host = tensor.detach().to(device: .cpu, dtype: tensor.dtype == .bfloat16 ? .float32 : nil)
        parts.append(host.dim == 0 ? host.reshape([1]) : host)
    }

    /// Nil where nothing came.
    func joined() -> Tensor? {
        guard !parts.isEmpty else { return nil }
        let width = parts.filter { $0.dim > 1 }.map { $0.size(1) }.max()
        return Tensor.cat(parts.map { pad($0, to: width) })
    }

    private func pad(_ tensor: Tensor, to width: Int?) -> Tensor {
        guard let width, tensor.dim > 1, tensor.size(1) < width else { return tensor }
        // Pairs from the last dimension to dimension 1.
        let pairs = [Int](repeating: 0, count: 2 * (tensor.dim - 2)) + [0, width - tensor.size(1)]
        return tensor.constantPadNd(pairs, value: -100)
    }
}
