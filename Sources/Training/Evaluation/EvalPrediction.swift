/// What `computeMetrics` gets: everything the model predicted, on the CPU; with `batchEvalMetrics` one batch, on the
/// model's device.
public struct EvalPrediction {
    let rows: GatheredRows
    /// Whether this is the last batch of `batchEvalMetrics`, when the numbers are wanted; true without it.
    public let computeResult: Bool
    /// Whether nothing was given before in this pass.
    let isFirstBatch: Bool

    init(rows: GatheredRows, computeResult: Bool = true, isFirstBatch: Bool = true) {
        self.rows = rows
        self.computeResult = computeResult
        self.isFirstBatch = isFirstBatch
    }

    public init(
        predictions: Tensor, labelIds: Tensor, inputs: Tensor? = nil, losses: Tensor? = nil, computeResult: Bool = true
    ) {
        self.init(
            allPredictions: [("logits", predictions)], allLabelIds: [labelIds], inputs: inputs, losses: losses,
            computeResult: computeResult)
    }

    /// Of a model with several outputs, or data with several labels.
    public init(
        allPredictions: [(name: String, tensor: Tensor)], allLabelIds: [Tensor], inputs: Tensor? = nil,
        losses: Tensor? = nil, computeResult: Bool = true
    ) {
        let part = GatheredRows.Part(
            outputs: allPredictions.map { $0.tensor }, labels: allLabelIds, inputs: inputs, losses: losses)
        self.init(
            rows: GatheredRows(outputNames: allPredictions.map { $0.name }, parts: [part]), computeResult: computeResult
        )
    }

    /// Logits of all rows, `[rows, …]`, shorter ones padded with -100 along dimension 1; the first of several outputs.
    public var predictions: Tensor { rows.firstOutput ?? Tensor([Float]()) }
    /// All outputs in the model's order: ``predictions`` and what follows it.
    public var allPredictions: [Tensor] { rows.outputs }
    /// The outputs' names: `logits`, …
    public var outputNames: [String] { rows.outputNames }
    /// Labels of all rows, padded with -100; the first of several. Empty where `labelNames` is.
    public var labelIds: Tensor { rows.firstLabel ?? Tensor([Int]()) }
    /// Labels by `labelNames`' order.
    public var allLabelIds: [Tensor] { rows.labels }
    /// The model's main input where `includeForMetrics` has `inputs`, padded with -100.
    public var inputs: Tensor? { rows.inputs }
    /// The loss of each row's batch where `includeForMetrics` has `loss`, `[rows]`.
    public var losses: Tensor? { rows.losses }
    /// The batches, each as it came and without padding, where `evalDoConcatBatches` is false; else one with all rows.
    public var batches: [EvalPrediction] {
        rows.parts.map {
            EvalPrediction(
                rows: GatheredRows(outputNames: rows.outputNames, parts: [$0]), computeResult: computeResult)
        }
    }

    /// The output called `name`; nil where there is none.
    public subscript(name: String) -> Tensor? {
        rows.outputNames.firstIndex(of: name).map { rows.output($0) }
    }
}

/// What ``Trainer/predict(_:ignoreKeys:metricKeyPrefix:)`` gives.
public struct PredictionOutput {
    let rows: GatheredRows
    public let metrics: Metrics

    /// Logits of all rows in the data set's order, the first of several outputs; nil where the model gives none.
    public var predictions: Tensor? { rows.firstOutput }
    /// All outputs in the model's order.
    public var allPredictions: [Tensor] { rows.outputs }
    /// The outputs' names: `logits`, …
    public var outputNames: [String] { rows.outputNames }
    /// Labels, the first of several; nil where the data has none.
    public var labelIds: Tensor? { rows.firstLabel }
    /// Labels by `labelNames`' order.
    public var allLabelIds: [Tensor] { rows.labels }
    /// The batches, each as it came and without padding, where `evalDoConcatBatches` is false; else one with all rows.
    public var batches: [EvalPrediction] { EvalPrediction(rows: rows).batches }
}
