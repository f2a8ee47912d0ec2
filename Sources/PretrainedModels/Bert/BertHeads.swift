public import Training

/// BERT with a classifier over the pooled first token.
public final class BertForSequenceClassification: SequenceClassificationModel {
    @Child public var bert: BertModel
    @Child public var classifier: Linear
    private let dropout: Dropout

    public override var baseModelPrefix: String? { "bert" }
    public override func currentKey(_ key: String) -> String? { BertKeys.modern(key) }
    // Checkpoints of masked language models have no pooler.
    public override var optionalKeyPrefixes: [String] { ["pooler."] }

    /// A new model with Python's initial values, drawn from the CPU's generator.
    ///
    /// - Throws: ``PretrainedModelError`` where the configuration cannot be used.
    public convenience init(_ config: ModelConfiguration) throws {
        try self.init(config, initialize: true)
    }

    init(_ config: ModelConfiguration, initialize: Bool) throws {
        let encoder = try BertModel(config, addPoolingLayer: true, initialize: initialize)
        // As in Python the encoder's own initial values are drawn before the head is made.
        if initialize { encoder.drawInitialWeights() }
        bert = encoder
        let head = Linear(encoder.configuration.hiddenSize, config.numLabels, initialize: initialize)
        classifier = head
        dropout = Dropout(encoder.configuration.classifierDropout ?? encoder.configuration.hiddenDropoutProb)
        super.init(config: config)
        if initialize { initializeMissing(head) }
    }

    public override func logits(_ inputs: Batch) throws -> Tensor {
        let pooled = try bert.pooledOutput(inputs)
        return classifier(dropped(pooled, inputs))
    }

    private func dropped(_ pooled: Tensor, _ inputs: Batch) -> Tensor {
        guard training, dropout.p > 0, let step = inputs.step, step.isFast, pooled.device.kind == .cpu,
            pooled.dtype == .float32 || autocastDType(.cpu) != nil, inputs.rows.count == pooled.size(0)
        else { return dropout(pooled) }
        let rows = PackedRows(
            lengths: inputs.rows.map { _ in 1 }, rowKeys: inputs.rows.map { step.rowKey($0) })
        return rows.dropout(pooled.to(.float32), p: dropout.p, site: 3 * bert.encoder.layer.count + 1)
    }
}

extension BertForSequenceClassification: InputEmbeddingModel, ActivationCheckpointingModel {
    public var inputEmbedding: Embedding { bert.inputEmbedding }

    public var activationCheckpointing: ActivationCheckpointingOptions? {
        get { bert.activationCheckpointing }
        set { bert.activationCheckpointing = newValue }
    }
}
