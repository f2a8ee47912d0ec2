/// What ``Trainer/predictionStep(_:predictionLossOnly:)`` gives for one batch.
public struct PredictionStep {
    /// The batch's mean loss, 0-d; nil without labels.
    public var loss: Tensor?
    /// What the model gives besides the loss, in order: `logits`, …
    public var outputs: [(name: String, tensor: Tensor)]
    /// The labels, one tensor for each name in `labelNames`.
    public var labelIds: [Tensor]

    public init(loss: Tensor? = nil, logits: Tensor? = nil, labels: Tensor? = nil) {
        self.init(loss: loss, outputs: logits.map { [("logits", $0)] } ?? [], labelIds: labels.map { [$0] } ?? [])
    }

    /// With several outputs or labels.
    public init(loss: Tensor?, outputs: [(name: String, tensor: Tensor)], labelIds: [Tensor]) {
        self.loss = loss
        self.outputs = outputs
        self.labelIds = labelIds
    }

    /// The first output.
    public var logits: Tensor? { outputs.first?.tensor }
    /// The first labels.
    public var labels: Tensor? { labelIds.first }
}

extension ModelOutput {
    /// Everything but the loss, in Python's order.
    var named: [(name: String, tensor: Tensor)] { (logits.map { [("logits", $0)] } ?? []) + others }
}
