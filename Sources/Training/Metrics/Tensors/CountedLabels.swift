/// Class ids and floats of tensors as Swift's arrays, rows whose label is -100 left out.
enum CountedLabels {
    /// - Parameters:
    ///   - predictions: Class ids of the labels' shape, or scores with one more dimension, of which the highest counts.
    ///   - references: Class ids; -100 is ignored.
    static func ids(
        _ metric: String, predictions: Tensor, references: Tensor
    ) throws -> (predictions: [Int], references: [Int]) {
        try withTorchErrors {
            let chosen = predictions.dim == references.dim + 1 ? predictions.argmax(dim: -1) : predictions
            guard chosen.shape == references.shape else {
                throw MetricError.invalid(
                    metric: metric,
                    reason: "predictions of the shape \(predictions.shape) do not fit labels of \(references.shape)")
            }
            guard !references.dtype.isFloatingPoint else {
                throw MetricError.invalid(
                    metric: metric, reason: "the labels are of type \(references.dtype), not class ids")
            }
            let (given, wanted) = (chosen.array(of: Int.self), references.array(of: Int.self))
            guard wanted.contains(-100) else { return (given, wanted) }
            let counted = wanted.indices.filter { wanted[$0] != -100 }
            return (counted.map { given[$0] }, counted.map { wanted[$0] })
        }
    }

    /// All elements; predictions of `[N, 1]` are read as `[N]`.
    static func doubles(
        _ metric: String, predictions: Tensor, references: Tensor
    ) throws -> (predictions: [Double], references: [Double]) {
        try withTorchErrors {
            let given = predictions.array(of: Double.self)
            let wanted = references.array(of: Double.self)
            try MetricError.check(metric, predictions: given.count, references: wanted.count)
            return (given, wanted)
        }
    }

    /// The rows of a matrix.
    static func rows(_ metric: String, _ scores: Tensor) throws -> [[Double]] {
        try withTorchErrors {
            guard scores.dim == 2 else {
                throw MetricError.invalid(metric: metric, reason: "scores must be [N, classes], not \(scores.shape)")
            }
            let (flat, width) = (scores.array(of: Double.self), scores.size(1))
            return (0..<scores.size(0)).map { Array(flat[$0 * width..<($0 + 1) * width]) }
        }
    }
}
