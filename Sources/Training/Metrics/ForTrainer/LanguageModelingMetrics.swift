/// The share of tokens that a language model tells right, ready for ``Trainer``, as Hugging Face's `run_mlm.py` and
/// `run_clm.py`:
///
/// ```swift
/// let metrics = LanguageModelingMetrics(predictsNext: true)
/// let trainer = try Trainer(
///     model: model, evalDataset: test, computeMetrics: metrics.compute,
///     preprocessLogitsForMetrics: LanguageModelingMetrics.preprocess)
/// ```
public struct LanguageModelingMetrics: Sendable {
    /// Whether each position predicts the token behind it (causal models), not its own.
    public let predictsNext: Bool

    public init(predictsNext: Bool = false) { self.predictsNext = predictsNext }

    /// The likeliest token of each position, so that not all logits are kept.
    public static func preprocess(_ logits: Tensor, _ labels: Tensor?) throws -> Tensor {
        try withTorchErrors { logits.argmax(dim: -1) }
    }

    /// `accuracy` of token ids `[N, L]`, or logits `[N, L, tokens]`; labels of -100 are left out.
    ///
    /// - Throws: ``MetricError`` where the shapes do not fit, or no label counts.
    public func compute(_ prediction: EvalPrediction) throws -> Metrics {
        var (given, wanted) = (prediction.predictions, prediction.labelIds)
        guard wanted.dim == 2, given.dim == 2 || given.dim == 3, given.size(1) == wanted.size(1) else {
            throw MetricError.invalid(
                metric: "accuracy",
                reason: "predictions of the shape \(given.shape) do not fit labels of \(wanted.shape)")
        }
        if predictsNext, wanted.size(1) > 0 {
            let length = wanted.size(1) - 1
            (given, wanted) = try withTorchErrors {
                (given.narrow(dim: 1, start: 0, length: length), wanted.narrow(dim: 1, start: 1, length: length))
            }
        }
        return ["accuracy": try accuracyScore(predictions: given, references: wanted)]
    }
}
