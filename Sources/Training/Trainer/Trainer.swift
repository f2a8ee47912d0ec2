public import Foundation
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
/// Every part can be overridden in a subclass, and the loops call what overrides it: the loss (``computeLoss(_:)``), a
/// micro-batch (``trainingStep(_:scale:)``), the data (``trainDataLoader()``, ``trainSampler(_:)``), the optimizer
/// (``createOptimizer()``, ``createScheduler(numTrainingSteps:)``, ``decayParameterNames()``), evaluation
/// (``evaluate(_:metricKeyPrefix:)``, ``predictionStep(_:predictionLossOnly:)``), what is saved (``saveModel(_:)``) and
/// logged (``log(_:)``). See <doc:OverridingTheTrainer>.
///
/// A trainer belongs to one thread at a time; its methods are synchronous.
open class Trainer {
    /// What is trained; made anew by each call of `train` where `modelInit` was given.
    public internal(set) var model: any TrainableModel
    /// How to train; ``train(resumeFromCheckpoint:)`` lowers the batch size in it while it searches for one that fits.
    public internal(set) var arguments: TrainingArguments
    public let processingClass: (any ProcessingClass)?
    public let computeMetrics: ((EvalPrediction) throws -> [String: Double])?
    /// The loss from the model's output; nil: the model's own loss.
    public let computeLossFunc: ComputeLossFunc?
    /// Makes the model; nil where it was given.
    let modelInit: (() throws -> any TrainableModel)?
    /// Where the model computes.
    public let device: Device

    /// Training data; nil where there is none.
    public let trainExamples: Examples?
    /// Training data without a known number of rows; nil where there is none.
    public let trainStream: IterableDataset?
    /// Evaluation data; nil where there is none.
    public let evalExamples: Examples?

    /// Where training stands; what `trainer_state.json` holds.
    public internal(set) var state = TrainerState()
    /// What callbacks ask for.
    public internal(set) var control = TrainerControl()
    /// Made by ``createOptimizer()`` when training starts, unless set before.
    public var optimizer: Optimizer?
    /// Made by ``createScheduler(numTrainingSteps:)`` when training starts, unless set before.
    public var schedule: LearningRateSchedule?
    /// Whether ``schedule`` was made here, for one run.
    var madeSchedule = false

    /// Whether the loss that is trained is already normalised over all micro-batches of a step, and is only added up: what
    /// a subclass says that computes a loss of its own (Python's `loss_is_scaled_for_ga`). Default nil: it is where there
    /// is a `computeLossFunc`; otherwise see ``LossScale``.
    open var lossIsScaledForAccumulation: Bool? { nil }

    /// Scales the loss where gradients are of float16; made when training with `fp16` starts, unless set before.
    public var gradScaler: GradScaler?
    /// Steps that ``gradScaler`` left out and the schedule did not count.
    var uncountedSteps = 0
    var isInTrain = false
    var hasCalledForward = false

    /// File operations of checkpoints.
    public var files: any FileOperations = DiskFileOperations()

    var callbackList: CallbackList { CallbackList(callbacks: callbacks, context: callbackContext) }
    public internal(set) var callbacks: [TrainerCallback] = []
    private(set) lazy var callbackContext = CallbackContext(self)
    /// Nil where tokens are not counted.
    var tokenMeter: TokenMeter?
    /// Nil where memory is not measured.
    let memoryTracker: MemoryTracker?
    let randomStates: RandomStates
    let checkpointWriter = CheckpointWriter()
    /// The best checkpoint before the save that is under way.
    var bestBeforeSave: String?
    var knownProcessingFiles: [(name: String, contents: Data)]?

    /// - Parameters:
    ///   - model: Any module with a forward pass over a batch.
    ///   - arguments: How to train, evaluate and save; Python's defaults where left out.
    ///   - trainDataset: ``TensorDataset``, ``Examples``, `Dataset`, or ``IterableDataset``.
    ///   - evalDataset: Likewise, but of a known number of rows; needed where `evalStrategy` evaluates.
    ///   - processingClass: A tokenizer; saved beside the model, and used to pad batches.
    ///   - modelInit: Makes the model, in place of `model`: now, and again at the start of each `train`, after seeding.
    ///   - computeLossFunc: The loss from the model's output, the labels, which the model does not get then, and the number
    ///     of labels in the whole step. Its result is added up over micro-batches, never divided.
    ///   - computeMetrics: Numbers from all predictions; reported with the prefix `eval_`.
    ///   - callbacks: Beside those that keep the arguments' strategies and show progress.
    ///   - optimizers: An optimizer over the model's parameters, and the course of its learning rate; nil: as the arguments
    ///     say.
    /// - Throws: `TrainingArgumentsError`, ``TrainingError`` where something does not fit, before anything is done; what
    ///   `modelInit` throws.
    public init(
        model: (any TrainableModel)? = nil, arguments: TrainingArguments = TrainingArguments(),
        trainDataset: (any TrainerDataset)? = nil, evalDataset: (any TrainerDataset)? = nil,
        processingClass: (any ProcessingClass)? = nil, modelInit: (() throws -> any TrainableModel)? = nil,
        computeLossFunc: ComputeLossFunc? = nil,
        computeMetrics: ((EvalPrediction) throws -> [String: Double])? = nil, callbacks: [TrainerCallback] = [],
        optimizers: (optimizer: Optimizer?, schedule: LearningRateSchedule?) = (nil, nil)
    ) throws {
        try arguments.validate()
        if (model == nil) == (modelInit == nil) {
            throw TrainingError.argument("give the trainer either a model or a modelInit")
        }
        if modelInit != nil, optimizers.optimizer != nil || optimizers.schedule != nil {
            throw TrainingError.argument(
                "modelInit makes a new model for each run, which optimizers cannot know; override createOptimizer")
        }
        memoryTracker = arguments.skipMemoryMetrics ? nil : MemoryTracker()
        memoryTracker?.start(.initialization)
        tokenMeter = TokenMeter(arguments)
        self.arguments = arguments
        self.processingClass = processingClass
        self.modelInit = modelInit
        self.computeLossFunc = computeLossFunc
        self.computeMetrics = computeMetrics
        optimizer = optimizers.optimizer
        schedule = optimizers.schedule
        randomStates = RandomStates(seed: arguments.seed)
        arguments.applyToMachine()
        let model = try Self.made(model, modelInit)
        self.model = model
        device = arguments.useCpu ? .cpu : .automatic
        let context = CollationContext(arguments, model: model, processingClass: processingClass)
        trainStream = trainDataset as? IterableDataset
        trainExamples = trainStream == nil ? try trainDataset?.examples(context) : nil
        evalExamples = try evalDataset?.examples(context)
        try placeModel()
        try checkArguments()
        Warnings.isShown = arguments.logLevel.showsWarnings
        for callback in defaultCallbacks(callbacks) { addCallback(callback) }
        try callbackList.call { try $0.onInitEnd($1, control: &$2) }
        memoryTracker?.stop(.initialization)
    }

    /// With any collections and a collator that makes batches of their elements.
    public convenience init<Rows: RandomAccessCollection & Sendable>(
        model: (any TrainableModel)? = nil, arguments: TrainingArguments = TrainingArguments(),
        dataCollator: Collator<Rows.Element>,
        trainDataset: Rows?, evalDataset: Rows? = nil, processingClass: (any ProcessingClass)? = nil,
        modelInit: (() throws -> any TrainableModel)? = nil, computeLossFunc: ComputeLossFunc? = nil,
        computeMetrics: ((EvalPrediction) throws -> [String: Double])? = nil, callbacks: [TrainerCallback] = [],
        optimizers: (optimizer: Optimizer?, schedule: LearningRateSchedule?) = (nil, nil)
    ) throws where Rows.Element: Sendable {
        try self.init(
            model: model, arguments: arguments,
            trainDataset: trainDataset.map { Examples($0, collator: dataCollator) },
            evalDataset: evalDataset.map { Examples($0, collator: dataCollator) }, processingClass: processingClass,
            modelInit: modelInit, computeLossFunc: computeLossFunc, computeMetrics: computeMetrics,
            callbacks: callbacks, optimizers: optimizers)
    }

    // MARK: Parts to override: training

    /// The model's output for a batch with labels; its loss is trained. A `computeLossFunc` or label smoothing takes the
    /// place of the model's own loss.
    ///
    /// Override it for a loss of your own: call ``forward(_:)`` and set the output's ``ModelOutput/loss``, a mean over
    /// the batch (see ``lossIsScaledForAccumulation`` for others). Evaluation uses it as well.
    open func computeLoss(_ inputs: Batch) throws -> ModelOutput {
        if let computeLossFunc { return try output(inputs, loss: computeLossFunc) }
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
        try OptimizerRegistry.factory(arguments)(decayGroups())
    }

    /// The learning rate's course that the arguments name.
    ///
    /// - Throws: `TrainingArgumentsError` where its options do not fit.
    open func createScheduler(numTrainingSteps: Int) throws -> LearningRateSchedule {
        try arguments.schedule(
            totalSteps: numTrainingSteps, learningRate: optimizer?.groups.first?.initialLearningRate)
    }

    /// Makes ``optimizer`` and ``schedule`` where they are not there yet.
    open func createOptimizerAndScheduler(numTrainingSteps: Int) throws {
        if optimizer == nil { optimizer = try createOptimizer() }
        guard schedule == nil else { return }
        schedule = try createScheduler(numTrainingSteps: numTrainingSteps)
        madeSchedule = true
    }

    /// Names of the parameters with weight decay: all but biases and what belongs to normalisation.
    open func decayParameterNames() -> Set<String> { defaultDecayParameterNames() }

    /// Floating point operations of a training step on this batch, for `total_flos`: what the model says.
    open func floatingPointOperations(_ inputs: Batch) -> Double { model.floatingPointOperations(inputs) }

    // MARK: Parts to override: data

    /// The batches of training: those of ``trainExamples`` in the order of ``trainSampler(_:)``, or those of
    /// ``trainStream``. Called once at the start of training.
    open func trainDataLoader() throws -> any DataLoader {
        if let trainStream {
            return StreamLoader(
                trainStream, batchSize: arguments.perDeviceTrainBatchSize, dropLast: arguments.dataloaderDropLast)
        }
        guard let examples = trainExamples else { throw TrainingError.argument("train needs a trainDataset") }
        return try ExampleLoader(
            examples, sampler: try trainSampler(examples), batchSize: arguments.perDeviceTrainBatchSize,
            options: LoadingOptions(arguments))
    }

    /// The batches of an evaluation, in the order of ``evalSampler(_:)``.
    open func evalDataLoader(_ examples: Examples) throws -> any DataLoader {
        try ExampleLoader(
            examples, sampler: try evalSampler(examples), batchSize: arguments.perDeviceEvalBatchSize,
            options: LoadingOptions(arguments))
    }

    /// The batches of a prediction, in the data set's order, which is that of the results.
    open func testDataLoader(_ examples: Examples) throws -> any DataLoader {
        try ExampleLoader(
            examples, sampler: SequentialSampler(count: examples.count),
            batchSize: arguments.perDeviceEvalBatchSize, options: LoadingOptions(arguments))
    }

    /// The order of training rows that `trainSamplingStrategy` names.
    open func trainSampler(_ examples: Examples) throws -> any Sampler { try strategySampler(examples) }

    /// The order of evaluation rows: the data set's, or by length where training is grouped by length.
    open func evalSampler(_ examples: Examples) throws -> any Sampler { try strategyEvalSampler(examples) }

    // MARK: Parts to override: results

    /// Evaluates and logs.
    ///
    /// - Parameters:
    ///   - dataset: Other data than ``evalExamples``.
    ///   - metricKeyPrefix: Put before the names of the numbers.
    /// - Returns: `eval_loss`, the numbers of `computeMetrics`, `eval_runtime` (seconds), speeds, `epoch`.
    /// - Throws: ``TrainingError`` where there is no data; what the model or `computeMetrics` throws.
    @discardableResult
    open func evaluate(_ dataset: (any TrainerDataset)? = nil, metricKeyPrefix: String = "eval") throws -> Metrics {
        try performEvaluation(dataset, metricKeyPrefix: metricKeyPrefix)
    }

    /// Predicts every row, in the data set's order.
    ///
    /// - Returns: Logits and labels where the data has some (neither with `predictionLossOnly`), and numbers with the prefix
    ///   `test_`.
    /// - Throws: As ``evaluate(_:metricKeyPrefix:)``.
    open func predict(_ dataset: any TrainerDataset, metricKeyPrefix: String = "test") throws -> PredictionOutput {
        try performPrediction(dataset, metricKeyPrefix: metricKeyPrefix)
    }

    /// One pass over the batches of a loader without training, for ``evaluate(_:metricKeyPrefix:)`` and
    /// ``predict(_:metricKeyPrefix:)``.
    ///
    /// - Parameter predictionLossOnly: Whether logits and labels are thrown away.
    open func evaluationLoop(
        _ dataLoader: any DataLoader, predictionLossOnly: Bool, metricKeyPrefix: String = "eval"
    ) throws -> EvaluationLoop.Output {
        try EvaluationLoop(trainer: self, loader: dataLoader, lossOnly: predictionLossOnly).run()
    }

    /// Writes the model, its configuration and the processing class's files into a folder that Python and this package load.
    ///
    /// - Parameter folder: The output folder where nil.
    /// - Throws: ``TrainingError/unwritable(folder:reason:)``, `TorchError`.
    open func saveModel(_ folder: String? = nil) throws { try saveModelFolder(folder) }

    /// Files to save beside the model's own, in every checkpoint and by ``saveModel(_:)``. Override it to save more.
    open func additionalModelFiles() throws -> [(name: String, contents: Data)] { [] }

    /// Records numbers in ``state``'s log and gives them to the callbacks.
    open func log(_ logs: Metrics) throws {
        var record = logs
        record["epoch"] = state.epoch
        tokenMeter?.add(to: &record, state)
        var entry = record.json
        entry["step"] = .int(state.globalStep)
        state.logHistory.append(entry)
        try callbackList.log(record)
    }
}

/// Seeds everything random, as Python's `set_seed`.
public func setSeed(_ seed: Int) { manualSeed(seed) }
