import Training

/// Two layers with dropout between; scripts/fixtures/parity/networks.py has the same, and those below.
final class ParityNetwork: Module, TrainableModel {
    @Child var first = Linear(6, 8)
    let dropout: Dropout
    @Child var second = Linear(8, 3)
    let acceptsLossCount: Bool
    /// Rows of the training batches, in order.
    private(set) var order: [[Int]] = []

    init(dropout: Double = 0, acceptsLossCount: Bool = false) {
        self.dropout = Dropout(dropout)
        self.acceptsLossCount = acceptsLossCount
    }

    func forward(_ inputs: Batch) throws -> ModelOutput {
        if training { order.append(inputs.rows) }
        let logits = second(dropout(first(try inputs.require("input_ids")).tanh()))
        var loss = inputs[.labels].map { crossEntropy(logits, $0) }
        // Not a number in the loss alone: the gradient of a sum is finite.
        if let offset = inputs["offset"] { loss = loss.map { $0 + offset.sum() } }
        if let scores = inputs["scores"] {
            loss = loss.map { $0 + (logits.select(dim: 1, index: 0) - scores).square().mean() }
        }
        return ModelOutput(loss: loss, logits: logits)
    }
}

/// A label for each token.
final class ParityTagger: Module, TrainableModel {
    @Child var table = Embedding(12, 4)
    @Child var head = Linear(4, 3)
    private(set) var order: [[Int]] = []

    func forward(_ inputs: Batch) throws -> ModelOutput {
        if training { order.append(inputs.rows) }
        let logits = head(table(try inputs.require("input_ids")))
        let loss = inputs[.labels].map { crossEntropy(logits.reshape([-1, 3]), $0.reshape([-1])) }
        return ModelOutput(loss: loss, logits: logits)
    }
}

/// Every kind of name and layer that weight decay leaves out, and those that look alike.
final class ParityNames: Module, TrainableModel {
    @Child var embeddings = Embedding(5, 4)
    @Child var first = Linear(4, 4)
    @Child var inner = LayerNorm([4])
    @Child var norm = Linear(4, 4)
    @Child var qNorm = Linear(4, 4, bias: false)
    @Child var normal = Linear(4, 4)
    @Child var layernorm = Linear(4, 4, bias: false)
    @Child var frozen = Linear(4, 4)
    @Child var head = Linear(4, 3)

    func forward(_ inputs: Batch) throws -> ModelOutput {
        let x = inner(first(embeddings(try inputs.require("input_ids")).mean(dim: [1])))
        return ModelOutput(logits: head(frozen(layernorm(normal(qNorm(norm(x)))))))
    }
}
