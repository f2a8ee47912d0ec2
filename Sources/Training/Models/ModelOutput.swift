/// What a model's forward pass gives.
public struct ModelOutput {
    /// 0-d; nil where the batch had no labels.
    public var loss: Tensor?
    /// Scores before softmax or the like.
    public var logits: Tensor?
    /// Further outputs by Python's names, in order (`hidden_states`, …).
    public var others: [(name: String, tensor: Tensor)]

    public init(
        loss: Tensor? = nil, logits: Tensor? = nil, others: [(name: String, tensor: Tensor)] = []
    ) {
        self.loss = loss
        self.logits = logits
        self.others = others
    }
}
