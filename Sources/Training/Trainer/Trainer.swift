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
    /// How to train; ``train(resumeFromCheckpoint:)`` lowers the batch size in it while it searches for one that fits.
    public internal(set) var arguments: TrainingArguments
    public let processingClass: (any ProcessingClass)?
    public let computeMetrics: ((EvalPrediction) throws -> [String: Double])?
    /// Where the model computes.
    public let device: Device

    /// Training data; nil where there is none.
    public let trainExamples: Examples?
    /// Evaluation data; nil where there is none.
    public let evalExamples: Examples?

    /// Where training stands; what `trainer_state.json` holds.
    public internal(set) var state = TrainerState()
    /// What callbacks ask for.
    public internal(set) var control = TrainerControl()
    /// Made by ``createOptimizer()`` when training starts, unless set before.
    public var optimizer: Optimizer?
    /// Made by ``createSchedule(totalSteps:)`` when training starts, unless set before.
    public var schedule: LearningRateSchedule?

    /// Scales the loss where gradients are of float16; made when training with `fp16` starts, unless set before.
    public var gradScaler: GradScaler?
    /// Steps that ``gradScaler`` left out and the schedule did not count.
    var uncountedSteps = 0
    var isInTrain = false
    var hasCalledForward = false

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
    ///   - evalDataset: Likewise; needed where `evalStrategy` evaluates.
    ///   - processingClass: A tokenizer; saved beside the model, and used to pad batches.
    ///   - computeMetrics: Numbers from all predictions; reported with the prefix `eval_`.
    ///   - callbacks: Beside those that keep the arguments' strategies and show progress.
    /// - Throws: `TrainingArgumentsError`, ``TrainingError`` where something does not fit, before anything is done.
    public init(
        model: any TrainableModel, arguments: TrainingArguments = TrainingArguments(),
        trainDataset: (any TrainerDataset)? = nil, evalDataset: (any TrainerDataset)? = nil,
        processingClass: (any ProcessingClass)? = nil,
        computeMetrics: ((EvalPrediction) throws -> [String: Double])? = nil, callbacks: [TrainerCallback] = []
    ) throws {
        try arguments.validate()
        self.model = model
        self.arguments = arguments
        self.processingClass = processingClass
        self.computeMetrics = computeMetrics
        randomStates = RandomStates(seed: arguments.seed)
        arguments.applyToMachine()
        device = arguments.useCpu ? .cpu : .automatic
        let context = CollationContext(
            processingClass: processingClass, inputNames: arguments.removeUnusedColumns ? model.inputNames : nil,
            labelNames: arguments.labelNames ?? ["labels"])
        trainExamples = try trainDataset?.examples(context)
        evalExamples = try evalDataset?.examples(context)
        if device.kind != .cpu { try withTorchErrors { _ = model.to(device: device) } }
        try checkArguments()
        self.callbacks = [DefaultFlowCallback()] + callbacks + [progressCallback()]
        try callbackList.call { try $0.onInitEnd($1, control: &$2) }
    }

    /// With any collections and a collator that makes batches of their elements.
    public convenience init<Rows: RandomAccessCollection & Sendable>(
        model: any TrainableModel, arguments: TrainingArguments = TrainingArguments(),
        dataCollator: Collator<Rows.Element>,
        trainDataset: Rows?, evalDataset: Rows? = nil, processingClass: (any ProcessingClass)? = nil,
        computeMetrics: ((EvalPrediction) throws -> [String: Double])? = nil, callbacks: [TrainerCallback] = []
    ) throws where Rows.Element: Sendable {
        try self.init(
            model: model, arguments: arguments,
            trainDataset: trainDataset.map { Examples($0, collator: dataCollator) },
            evalDataset: evalDataset.map { Examples($0, collator: dataCollator) }, processingClass: processingClass,
            computeMetrics: computeMetrics, callbacks: callbacks)
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
        let output = try forward(inputs)
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
        checkForwardWasCalled()
        emptyCacheIfDue()
        if factor == 0 { return loss.detach().zerosLike() }
        if let factor { loss = loss * factor }
        backward(loss)
        return loss.detach()
    }

    /// Loss, logits and labels of one batch, without gradients.
    open func predictionStep(_ inputs: Batch, predictionLossOnly: Bool) throws -> PredictionStep {
        let labels = inputs[BatchKey(arguments.labelNames?.first ?? "labels")]
        let output = try labels == nil ? forward(inputs) : computeLoss(inputs)
        return PredictionStep(
            loss: labels == nil ? nil : output.loss, logits: predictionLossOnly ? nil : output.logits,
            labels: predictionLossOnly ? nil : labels)
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
