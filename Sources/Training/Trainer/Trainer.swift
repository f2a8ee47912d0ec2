import OrderedJSON

/// Trains, evaluates and predicts with a model, as Hugging Face's Python `Trainer`: the same arguments, data order,
/// learning rates, log records, events and files.
///
/// ```swift
/// let trainer = try Trainer(
///     model: model, arguments: TrainingArguments(outputDir: "results") { $0.evalStrategy = .epoch },
///     trainDataset: train, evalDataset: test)
/// try trainer.train()
/// print(try trainer.evaluate())
/// ```
/// Every part can be overridden in a subclass: ``computeLoss(_:)``, ``trainingStep(_:scale:)``,
/// ``predictionStep(_:predictionLossOnly:)``, ``createOptimizer()``, ``createSchedule(totalSteps:)``, ``log(_:)``, …
///
/// A trainer belongs to one thread at a time; its methods are synchronous.
open class Trainer {
    public let model: any TrainableModel
    public let arguments: TrainingArguments
    public let processingClass: (any ProcessingClass)?
    public let computeMetrics: ((EvalPrediction) throws -> Metrics)?
    /// Makes less of a batch's logits before they are kept.
    public let preprocessLogitsForMetrics: ((_ logits: Tensor, _ labels: Tensor?) throws -> Tensor)?
    /// Where the model computes.
    public let device: Device

    /// Training data; nil where there is none.
    public let trainExamples: Examples?
    /// Evaluation data, the first of several sets; nil where there is none.
    public var evalExamples: Examples? { evalSets.first?.examples }
    /// All evaluation sets.
    let evalSets: [EvalSet]
    /// Outputs that evaluations during training leave out.
    var ignoreKeysForEval: [String]?

    /// Where training stands; what `trainer_state.json` holds.
    public internal(set) var state = TrainerState()
    /// What callbacks ask for.
    public internal(set) var control = TrainerControl()
    /// Made by ``createOptimizer()`` when training starts, unless set before.
    public var optimizer: Optimizer?
    /// Made by ``createSchedule(totalSteps:)`` when training starts, unless set before.
    public var schedule: LearningRateSchedule?

    /// File operations of checkpoints.
    public var files: any FileOperations = DiskFileOperations()

    var callbackList: CallbackList { CallbackList(callbacks: callbacks, context: callbackContext) }
    public private(set) var callbacks: [TrainerCallback] = []
    private lazy var callbackContext = CallbackContext(self)
    let randomStates: RandomStates

    /// - Parameters:
    ///   - model: Any module with a forward pass over a batch.
    ///   - arguments: How to train, evaluate and save; Python's defaults where left out.
    ///   - trainDataset: ``TensorDataset``, ``Examples``, or `Dataset`.
    ///   - evalDataset: Likewise, or ``EvalDatasets``; needed where `evalStrategy` evaluates.
    ///   - processingClass: A tokenizer; saved beside the model, and used to pad batches.
    ///   - computeMetrics: Numbers from all predictions, or with `batchEvalMetrics` from each batch; reported with the
    ///     prefix `eval_`.
    ///   - callbacks: Beside those that keep the arguments' strategies and show progress.
    ///   - preprocessLogitsForMetrics: Makes less of each batch's logits before they are kept, class ids for example, so
    ///     that a large evaluation set needs little memory. Gets the model's first output and the labels on the model's
    ///     device; its result takes the place of all outputs.
    /// - Throws: `TrainingArgumentsError`, ``TrainingError`` where something does not fit, before anything is done.
    public init(
        model: any TrainableModel, arguments: TrainingArguments = TrainingArguments(),
        trainDataset: (any TrainerDataset)? = nil, evalDataset: (any TrainerDataset)? = nil,
        processingClass: (any ProcessingClass)? = nil,
        computeMetrics: ((EvalPrediction) throws -> Metrics)? = nil, callbacks: [TrainerCallback] = [],
        preprocessLogitsForMetrics: ((_ logits: Tensor, _ labels: Tensor?) throws -> Tensor)? = nil
    ) throws {
        try arguments.validate()
        self.model = model
        self.arguments = arguments
        self.processingClass = processingClass
        self.computeMetrics = computeMetrics
        self.preprocessLogitsForMetrics = preprocessLogitsForMetrics
        randomStates = RandomStates(seed: arguments.seed)
        setSeed(arguments.seed)
        device = arguments.useCpu ? .cpu : .automatic
        let context = CollationContext(
            processingClass: processingClass, inputNames: arguments.removeUnusedColumns ? model.inputNames : nil,
            labelNames: arguments.labelNames ?? model.labelNames)
        trainExamples = try trainDataset?.examples(context)
        evalSets = try EvalSet.all(in: evalDataset, context)
        if device.kind != .cpu { try withTorchErrors { _ = model.to(device: device) } }
        try checkArguments()
        self.callbacks = [DefaultFlowCallback()] + callbacks + [progressCallback()]
        try callbackList.call { try $0.onInitEnd($1, control: &$2) }
    }

    /// Adds a callback after those there are.
    public func addCallback(_ callback: TrainerCallback) { callbacks.append(callback) }

    /// Removes the callbacks of a type.
    public func removeCallback<Callback: TrainerCallback>(_ type: Callback.Type) {
        callbacks.removeAll { $0 is Callback }
    }

    // MARK: Parts to override

    /// The model's output for a batch with labels; its loss is trained. With label smoothing the loss is computed here.
    open func computeLoss(_ inputs: Batch) throws -> ModelOutput {
        if arguments.labelSmoothingFactor > 0, inputs[.labels] != nil { return try smoothedOutput(inputs) }
        let output = try model.forward(inputs)
        guard output.loss != nil else {
            let keys = inputs.entries.map { $0.key.name }.joined(separator: ", ")
            throw TrainingError.argument(
                "the model gave no loss for a batch with \(keys); it needs labels, or computeLoss")
        }
        return output
    }

    /// Forward and backward pass of one micro-batch.
    ///
    /// - Returns: The scaled loss, detached; 0-d.
    open func trainingStep(_ inputs: Batch, scale: LossScale) throws -> Tensor {
        let factor = scale.factor(of: inputs)
        guard var loss = try computeLoss(inputs).loss else { throw TrainingError.argument("computeLoss gave no loss") }
        if factor == 0 { return loss.detach().zerosLike() }
        if let factor { loss = loss * factor }
        loss.backward()
        return loss.detach()
    }

    /// Loss, outputs and labels of one batch, without gradients. There is a loss where all of the labels are there.
    open func predictionStep(_ inputs: Batch, predictionLossOnly: Bool) throws -> PredictionStep {
        let names = labelNames
        let labels = names.compactMap { inputs[BatchKey($0)] }
        let hasLabels = !names.isEmpty && labels.count == names.count
        let output = try hasLabels ? computeLoss(inputs) : model.forward(inputs)
        // A model whose data has no labels by name may compute a loss all the same.
        return PredictionStep(
            loss: hasLabels || names.isEmpty ? output.loss : nil, outputs: predictionLossOnly ? [] : output.named,
            labelIds: hasLabels && !predictionLossOnly ? labels : [])
    }

    /// Evaluates and logs.
    ///
    /// - Parameters:
    ///   - dataset: Other data than ``evalExamples``; ``EvalDatasets`` for several sets.
    ///   - ignoreKeys: Outputs of the model that `computeMetrics` does not get; nil: those the model names.
    ///   - metricKeyPrefix: Put before the names of the numbers.
    /// - Returns: `eval_loss`, the numbers of `computeMetrics`, `eval_runtime` (seconds), speeds, `epoch`. Of several sets
    ///   the numbers of all, each with `eval_<name>_`; every set is logged, and told to callbacks, by itself.
    /// - Throws: ``TrainingError`` where there is no data; what the model or `computeMetrics` throws.
    @discardableResult
    open func evaluate(
        _ dataset: (any TrainerDataset)? = nil, ignoreKeys: [String]? = nil, metricKeyPrefix: String = "eval"
    ) throws -> Metrics {
        try evaluateAll(dataset, ignoreKeys: ignoreKeys, prefix: metricKeyPrefix)
    }

    /// Predicts every row, in the data set's order.
    ///
    /// - Parameters:
    ///   - ignoreKeys: Outputs of the model that are left out; nil: those the model names.
    ///   - metricKeyPrefix: Put before the names of the numbers.
    /// - Returns: Outputs, and labels where the data has some (neither with `predictionLossOnly`), and numbers with the
    ///   prefix `test_`.
    /// - Throws: As `evaluate(_:ignoreKeys:metricKeyPrefix:)`.
    open func predict(
        _ dataset: any TrainerDataset, ignoreKeys: [String]? = nil, metricKeyPrefix: String = "test"
    ) throws -> PredictionOutput {
        try predictAll(dataset, ignoreKeys: ignoreKeys, prefix: metricKeyPrefix)
    }

    /// Whether evaluation with `fast` numerics may visit rows by length and put the results back in order. A batch's loss
    /// must be the mean over its rows then, so the default is true for models that say they are classifiers with equal
    /// class weights, and false in subclasses of the trainer, which may compute another loss.
    open var evaluatesByLength: Bool {
        guard type(of: self) == Trainer.self, let model = model as? any ClassifyingModel else { return false }
        return model.classWeights == nil
    }

    /// The optimizer that the arguments name, with two groups: decayed parameters and the others.
    open func createOptimizer() throws -> Optimizer {
        let groups = decayGroups()
        switch arguments.optim {
        case .adamwTorchFused, .adamwTorch:
            return AdamW(
                groups: groups, betas: (arguments.adamBeta1, arguments.adamBeta2), eps: arguments.adamEpsilon,
                fusesParameters: arguments.numerics == .fast)
        case .sgd:
            let options = try arguments.sgdOptions()
            return SGD(
                groups: groups, momentum: options.momentum, dampening: options.dampening, nesterov: options.nesterov)
        }
    }

    /// The learning rate's course that the arguments name.
    open func createSchedule(totalSteps: Int) -> LearningRateSchedule { arguments.schedule(totalSteps: totalSteps) }

    /// Records numbers in ``state``'s log and gives them to the callbacks.
    open func log(_ logs: Metrics) throws {
        var record = logs
        record["epoch"] = state.epoch
        var entry = record.json
        entry["step"] = .int(state.globalStep)
        state.logHistory.append(entry)
        try callbackList.log(record)
    }
}

/// Seeds everything random, as Python's `set_seed`.
public func setSeed(_ seed: Int) { manualSeed(seed) }
