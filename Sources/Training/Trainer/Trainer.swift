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
/// (`evaluate(_:ignoreKeys:metricKeyPrefix:)`, ``predictionStep(_:predictionLossOnly:)``), what is saved
/// (``saveModel(_:)``) and logged (``log(_:)``). See <doc:OverridingTheTrainer>.
///
/// A trainer belongs to one thread at a time; its methods are synchronous.
open class Trainer {
    /// What is trained; made anew by each call of `train` where `modelInit` was given.
    public internal(set) var model: any TrainableModel
    /// How to train; `train` lowers the batch size in it while it searches for one that fits.
    public internal(set) var arguments: TrainingArguments
    public let processingClass: (any ProcessingClass)?
    public let computeMetrics: ((EvalPrediction) throws -> Metrics)?
    /// Makes less of a batch's logits before they are kept.
    public let preprocessLogitsForMetrics: ((_ logits: Tensor, _ labels: Tensor?) throws -> Tensor)?
    /// The loss from the model's output; nil: the model's own loss.
    public let computeLossFunc: ComputeLossFunc?
    /// Makes the model; nil where it was given.
    let modelInit: (() throws -> any TrainableModel)?
    /// Where the model computes: on this rank's own device.
    public let device: Device
    /// The processes that train together, and this one's place among them.
    public let ranks: Ranks

    /// Training data; nil where there is none.
    public let trainExamples: Examples?
    /// Training data without a known number of rows; nil where there is none.
    public let trainStream: ExampleStream?
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
    /// Made by ``createScheduler(numTrainingSteps:)`` when training starts, unless set before.
    public var schedule: LearningRateSchedule?
    /// Whether ``schedule`` was made here, for one run.
    var madeSchedule = false

    /// Whether the loss that is trained is already normalised over all micro-batches of a step, and is only added up: what
    /// a subclass says that computes a loss of its own (Python's `loss_is_scaled_for_ga`). Default nil: it is where there
    /// is a `computeLossFunc`; otherwise see ``LossScale``.
    open var lossIsScaledForAccumulation: Bool? { nil }

    /// How the ranks share the model out; made when training starts, nil without `fsdp`.
    var sharded: ShardedModel?
    /// What several ranks do before a backward pass.
    var willGoBackward: ((Tensor) throws -> Void)?

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
    /// Steps whose checkpoint could not be written; a folder of such a step is an earlier run's.
    var failedSaves: Set<Int> = []
    /// Checkpoints of other runs that a run which is started again does not go on from.
    var earlierCheckpoints: Set<String> = []
    var knownProcessingFiles: [(name: String, contents: Data)]?

    /// - Parameters:
    ///   - model: Any module with a forward pass over a batch.
    ///   - arguments: How to train, evaluate and save; Python's defaults where left out.
    ///   - trainDataset: ``TensorDataset``, ``Examples``, `Dataset`, ``ExampleStream``, or
    ///     `IterableDataset`.
    ///   - evalDataset: Likewise, but of a known number of rows, or ``EvalDatasets``; needed where `evalStrategy`
    ///     evaluates.
    ///   - processingClass: A tokenizer; saved beside the model, and used to pad batches.
    ///   - modelInit: Makes the model, in place of `model`: now, and again at the start of each `train`, after seeding.
    ///   - computeLossFunc: The loss from the model's output, the labels, which the model does not get then, and the number
    ///     of labels in the whole step. Its result is added up over micro-batches, never divided.
    ///   - computeMetrics: Numbers from all predictions, or with `batchEvalMetrics` from each batch; reported with the
    ///     prefix `eval_`.
    ///   - callbacks: Beside those that keep the arguments' strategies and show progress.
    ///   - optimizers: An optimizer over the model's parameters, and the course of its learning rate; nil: as the arguments
    ///     say.
    ///   - preprocessLogitsForMetrics: Makes less of each batch's logits before they are kept, class ids for example, so
    ///     that a large evaluation set needs little memory. Gets the model's first output and the labels on the model's
    ///     device; its result takes the place of all outputs.
    /// - Throws: `TrainingArgumentsError`, ``TrainingError`` where something does not fit, before anything is done; what
    ///   `modelInit` throws.
    public init(
        model: (any TrainableModel)? = nil, arguments: TrainingArguments = TrainingArguments(),
        trainDataset: (any TrainerDataset)? = nil, evalDataset: (any TrainerDataset)? = nil,
        processingClass: (any ProcessingClass)? = nil, modelInit: (() throws -> any TrainableModel)? = nil,
        computeLossFunc: ComputeLossFunc? = nil,
        computeMetrics: ((EvalPrediction) throws -> Metrics)? = nil, callbacks: [TrainerCallback] = [],
        optimizers: (optimizer: Optimizer?, schedule: LearningRateSchedule?) = (nil, nil),
        preprocessLogitsForMetrics: ((_ logits: Tensor, _ labels: Tensor?) throws -> Tensor)? = nil
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
        ranks = try Ranks.join(arguments)
        self.arguments = arguments
        self.processingClass = processingClass
        self.modelInit = modelInit
        self.computeLossFunc = computeLossFunc
        self.computeMetrics = computeMetrics
        self.preprocessLogitsForMetrics = preprocessLogitsForMetrics
        optimizer = optimizers.optimizer
        schedule = optimizers.schedule
        randomStates = RandomStates(seed: arguments.seed)
        arguments.applyToMachine()
        let model = try Self.made(model, modelInit)
        self.model = model
        device = arguments.useCpu ? .cpu : ranks.device
        let context = CollationContext(arguments, model: model, processingClass: processingClass)
        trainStream = try (trainDataset as? any StreamedDataset)?.stream(context)
        trainExamples = trainStream == nil ? try trainDataset?.examples(context) : nil
        evalSets = try EvalSet.all(in: evalDataset, context)
        try placeModel()
        try checkArguments(callbacks)
        Warnings.isShown = (ranks.isLocalFirst ? arguments.logLevel : arguments.logLevelReplica).showsWarnings
        state.isWorldProcessZero = ranks.isFirst
        state.isLocalProcessZero = ranks.isLocalFirst
        for callback in defaultCallbacks(callbacks) { addCallback(callback) }
        try callbackList.call { try $0.onInitEnd($1, control: &$2) }
        memoryTracker?.stop(.initialization)
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
        try backward(loss)
        return loss.detach()
    }

    /// Loss, outputs and labels of one batch, without gradients. There is a loss where all of the labels are there.
    open func predictionStep(_ inputs: Batch, predictionLossOnly: Bool) throws -> PredictionStep {
        let names = labelNames
        let labels = names.compactMap { inputs[BatchKey($0)] }
        let hasLabels = !names.isEmpty && labels.count == names.count
        var output = try hasLabels ? computeLoss(inputs) : forward(inputs)
        output.loss = output.loss.map { evaluated($0, inputs) }
        // A model whose data has no labels by name may compute a loss all the same.
        return PredictionStep(
            loss: hasLabels || names.isEmpty ? output.loss : nil, outputs: predictionLossOnly ? [] : output.named,
            labelIds: hasLabels && !predictionLossOnly ? labels : [])
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

    /// The batches of a prediction, in the data set's order, which is that of the results; or in one that is put back.
    open func testDataLoader(_ examples: Examples) throws -> any DataLoader {
        try ExampleLoader(
            examples, sampler: orderedSampler(examples), batchSize: arguments.perDeviceEvalBatchSize,
            options: LoadingOptions(arguments))
    }

    /// The order of training rows that `trainSamplingStrategy` names.
    open func trainSampler(_ examples: Examples) throws -> any Sampler { try strategySampler(examples) }

    /// The order of evaluation rows: the data set's, or by length where training is grouped by length.
    open func evalSampler(_ examples: Examples) throws -> any Sampler { try strategyEvalSampler(examples) }

    // MARK: Parts to override: results

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
    ///   - dataset: The rows.
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
        guard type(of: self) == Trainer.self, computeLossFunc == nil, let model = model as? any ClassifyingModel
        else { return false }
        return model.classWeights == nil
    }

    /// One pass over the batches of a loader without training, for `evaluate(_:ignoreKeys:metricKeyPrefix:)` and
    /// ``predict(_:ignoreKeys:metricKeyPrefix:)``.
    ///
    /// - Parameters:
    ///   - dataLoader: The batches.
    ///   - predictionLossOnly: Whether logits and labels are thrown away.
    ///   - keepsRows: Whether they are kept with `batchEvalMetrics` too, as for predictions.
    ///   - ignoreKeys: Outputs of the model that are left out; nil: those the model names.
    ///   - metricKeyPrefix: What the numbers' names will begin with.
    open func evaluationLoop(
        _ dataLoader: any DataLoader, predictionLossOnly: Bool, keepsRows: Bool = false, ignoreKeys: [String]? = nil,
        metricKeyPrefix: String = "eval"
    ) throws -> EvaluationLoop.Output {
        try EvaluationLoop(
            trainer: self, loader: dataLoader, lossOnly: predictionLossOnly, keepsRows: keepsRows,
            ignoreKeys: ignoreKeys ?? model.keysToIgnoreAtInference
        ).run()
    }

    /// Writes the model, its configuration and the processing class's files into a folder that Python and this package load.
    ///
    /// Collective where there are several ``ranks``: rank 0 writes (see ``shouldSave``), and all go on when the folder is
    /// whole.
    ///
    /// - Parameter folder: The output folder where nil.
    ///   With `pushToHub` it is uploaded too, as in Python, but not after a run that has failed on one of several ranks.
    /// - Throws: ``TrainingError/unwritable(folder:reason:)``, `TorchError`; what the upload throws.
    open func saveModel(_ folder: String? = nil) throws {
        try saveModelFiles(folder)
        if arguments.pushToHub, !ranks.haveParted { try uploadingCallback?.modelSaved(self) }
    }

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
