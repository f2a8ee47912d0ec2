extension Trainer {
    /// With several evaluation sets by name: `evalDataset: ["matched": matched, "mismatched": mismatched]`.
    ///
    /// The numbers of each begin with `eval_<name>_`, so `metricForBestModel` is `eval_matched_loss` or the like.
    public convenience init(
        model: (any TrainableModel)? = nil, arguments: TrainingArguments = TrainingArguments(),
        trainDataset: (any TrainerDataset)? = nil, evalDataset: KeyValuePairs<String, any TrainerDataset>,
        processingClass: (any ProcessingClass)? = nil, modelInit: (() throws -> any TrainableModel)? = nil,
        computeLossFunc: ComputeLossFunc? = nil, computeMetrics: ((EvalPrediction) throws -> Metrics)? = nil,
        callbacks: [TrainerCallback] = [],
        optimizers: (optimizer: Optimizer?, schedule: LearningRateSchedule?) = (nil, nil),
        preprocessLogitsForMetrics: ((_ logits: Tensor, _ labels: Tensor?) throws -> Tensor)? = nil
    ) throws {
        try self.init(
            model: model, arguments: arguments, trainDataset: trainDataset, evalDataset: EvalDatasets(evalDataset),
            processingClass: processingClass, modelInit: modelInit, computeLossFunc: computeLossFunc,
            computeMetrics: computeMetrics, callbacks: callbacks, optimizers: optimizers,
            preprocessLogitsForMetrics: preprocessLogitsForMetrics)
    }

    /// With any collections and a collator that makes batches of their elements.
    public convenience init<Rows: RandomAccessCollection & Sendable>(
        model: (any TrainableModel)? = nil, arguments: TrainingArguments = TrainingArguments(),
        dataCollator: Collator<Rows.Element>,
        trainDataset: Rows?, evalDataset: Rows? = nil, processingClass: (any ProcessingClass)? = nil,
        modelInit: (() throws -> any TrainableModel)? = nil, computeLossFunc: ComputeLossFunc? = nil,
        computeMetrics: ((EvalPrediction) throws -> Metrics)? = nil, callbacks: [TrainerCallback] = [],
        optimizers: (optimizer: Optimizer?, schedule: LearningRateSchedule?) = (nil, nil),
        preprocessLogitsForMetrics: ((_ logits: Tensor, _ labels: Tensor?) throws -> Tensor)? = nil
    ) throws where Rows.Element: Sendable {
        try self.init(
            model: model, arguments: arguments,
            trainDataset: trainDataset.map { Examples($0, collator: dataCollator) },
            evalDataset: evalDataset.map { Examples($0, collator: dataCollator) }, processingClass: processingClass,
            modelInit: modelInit, computeLossFunc: computeLossFunc, computeMetrics: computeMetrics,
            callbacks: callbacks, optimizers: optimizers, preprocessLogitsForMetrics: preprocessLogitsForMetrics)
    }
}
