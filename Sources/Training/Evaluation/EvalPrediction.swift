/// What `computeMetrics` gets: everything the model predicted, on the CPU.
public struct EvalPrediction {
    /// Logits of all rows, `[rows, …]`; shorter ones padded with -100 along dimension 1.
    public let predictions: Tensor
    /// Labels of all rows, padded with -100.
    public let labelIds: Tensor
    /// The model's main input where `includeForMetrics` has `inputs`.
    public let inputs: Tensor?
    /// The loss of each row's batch where `includeForMetrics` has `loss`, `[rows]`.
    public let losses: Tensor?

    public init(predictions: Tensor, labelIds: Tensor, inputs: Tensor? = nil, losses: Tensor? = nil) {
        self.predictions = predictions
        self.labelIds = labelIds
        self.inputs = inputs
        self.losses = losses
    }
}

/// What ``Trainer/predict(_:metricKeyPrefix:)`` gives.
public struct PredictionOutput {
    /// Logits of all rows in the data set's order; nil where the model gives none.
    public let predictions: Tensor?
    /// Labels; nil where the data has none.
    public let labelIds: Tensor?
    public let metrics: Metrics
}

/// The share of equal entries; labels of -100 are left out.
///
/// - Parameters:
///   - predictions: Class ids `[…]`.
///   - labels: Class ids of the same shape.
public func accuracy(_ predictions: Tensor, _ labels: Tensor) -> Double {
    let counted = labels.ne(-100)
    let right = predictions.eq(labels).logicalAnd(counted).sum().item()
    return right / counted.sum().item()
}
