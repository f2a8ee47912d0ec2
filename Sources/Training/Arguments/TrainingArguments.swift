/// Everything that decides how `Trainer` trains, evaluates, logs and saves: Python's `TrainingArguments` with its names,
/// defaults and rules.
///
/// ```swift
/// let arguments = TrainingArguments(outputDir: "results") {
///     $0.numTrainEpochs = 3
///     $0.learningRate = 2e-5
/// }
/// ```
/// `validate()` reports values that don't go together; `Trainer` calls it. Names in files and flags are Python's
/// (`num_train_epochs`); every property here is declared there too, in `TrainingArguments.table`.
public struct TrainingArguments: Sendable, Hashable {
    // MARK: Training

    /// The folder for checkpoints and results; `~` is the home folder. Default: `trainer_output`, as in Python.
    public var outputDir: String
    /// Rows in each batch on each device. Default: 8.
    public var perDeviceTrainBatchSize = 8
    /// Batches whose gradients are added up for one optimizer step. Default: 1.
    public var gradientAccumulationSteps = 1
    /// How often the training data is seen; may be a fraction. Default: 3.
    public var numTrainEpochs = 3.0
    /// The number of optimizer steps; above 0 it takes the place of `numTrainEpochs`. Default: -1.
    public var maxSteps = -1
    /// The longest that `train` may take, in seconds; it then ends after the step, with a checkpoint to go on from. Not in
    /// Python. Default: nil, no limit.
    public var maxTrainSeconds: Double?
    /// The share of probability given to all classes alike in the loss, 0 to 1. Default: 0.
    public var labelSmoothingFactor = 0.0
    /// Strength of the noise on the input embedding while training (NEFTune); 5 to 15 are usual. Default: nil, none.
    public var neftuneNoiseAlpha: Double?
    /// How losses of accumulated batches are combined; not in Python. Default: `.mean`.
    public var lossScaling = LossScaling.mean
    /// What happens when a loss is NaN or infinite; not in Python, which goes on. Default: `.stop`.
    public var onNonFiniteLoss = NonFiniteLossAction.stop

    // MARK: Optimizer

    /// The optimizer. Default: `.adamwTorchFused`.
    public var optim = OptimizerNames.adamwTorchFused
    /// Options of the optimizer as `key=value,key=value`. For `.sgd`: `momentum`, `dampening`, `nesterov`; `.adagrad`:
    /// `lr_decay`, `eps`; `.rmsprop`: `momentum`, `alpha`, `eps`, `centered`; `.ademamix`: see <doc:Optimizers>; the
    /// others take none. Default: nil.
    public var optimArgs: String?
    /// The highest learning rate. Default: 5e-5.
    public var learningRate = 5e-5
    /// Weight decay, for all parameters but biases and normalisation layers. Default: 0.
    public var weightDecay = 0.0
    /// AdamW's decay of the gradient's mean. Default: 0.9.
    public var adamBeta1 = 0.9
    /// AdamW's decay of the squared gradient's mean. Default: 0.999.
    public var adamBeta2 = 0.999
    /// What AdamW adds to the denominator. Default: 1e-8.
    public var adamEpsilon = 1e-8
    /// The highest norm of all gradients together; they are scaled down to it. 0 and below: not clipped. Default: 1.
    public var maxGradNorm = 1.0

    // MARK: Learning rate schedule

    /// How the learning rate changes. Default: `.linear`.
    public var lrSchedulerType = SchedulerType.linear
    /// Options of the schedule, such as `["num_cycles": 2]`; <doc:Schedules> lists them. Default: nil.
    public var lrSchedulerKwargs: KeywordArguments?
    /// Steps over which the learning rate rises from 0; below 1, a share of all steps. Default: 0.
    public var warmupSteps = 0.0

    // MARK: Data

    /// Whether a last batch that is not full is left out, in training and evaluation. Default: false.
    public var dataloaderDropLast = false
    /// Threads that prepare batches; 0 prepares them in the training thread. Default: 0.
    public var dataloaderNumWorkers = 0
    /// Batches that each worker prepares ahead; needs workers. Default: nil, which means 2.
    public var dataloaderPrefetchFactor: Int?
    /// Whether batches come in their order; otherwise each as soon as a worker has made it, so that runs can no longer be
    /// repeated. Default: true.
    public var dataloaderInOrder = true
    /// Whether workers stay between epochs; needs workers. Default: false.
    public var dataloaderPersistentWorkers = false
    /// Whether batches for a GPU are copied through page-locked memory; nothing happens on the CPU. Default: true.
    public var dataloaderPinMemory = true
    /// The order of training rows. Default: `.random`.
    public var trainSamplingStrategy = TrainSamplingStrategy.random
    /// The column that holds the rows' lengths, for an order by length. Default: `length`.
    public var lengthColumnName = "length"
    /// Settings of the data order, by accelerate's names. Default: nil, accelerate's defaults.
    public var acceleratorConfig: AcceleratorConfig?
    /// Whether columns that the model does not take are left out of batches. Default: true.
    public var removeUnusedColumns = true
    /// The names of the batch entries that are labels. Default: nil, found from the model.
    public var labelNames: [String]?
    /// The seed of everything random, set before training. Default: 42.
    public var seed = 42
    /// The seed of the data's order. Default: nil, the same as `seed`.
    public var dataSeed: Int?

    // MARK: Logging

    /// When the loss is logged. Default: `.steps`.
    public var loggingStrategy = IntervalStrategy.steps
    /// Optimizer steps between two logs; below 1, a share of all steps. Default: 500.
    public var loggingSteps = 500.0
    /// Whether the first step is logged too. Default: false.
    public var loggingFirstStep = false
    /// Whether a NaN or infinite loss is left out of the logged mean; matters where `onNonFiniteLoss` is `.continue`.
    /// Default: true.
    public var loggingNanInfFilter = true
    /// Whether the progress bar is replaced by plain lines. Default: nil, a bar on a terminal.
    public var disableTqdm: Bool?
    /// Where log records go besides the console and `trainer_state.json`. Default: `.none`.
    public var reportTo = ReportTo.none
    /// What the run is called: the title of its report. Default: nil.
    public var runName: String?
    /// The folder of TensorBoard's event files; 4.x called it `logging_dir`. Default: nil, the environment's
    /// `TENSORBOARD_LOGGING_DIR` or else `runs/<date>_<host>` in the output folder.
    public var tensorboardLoggingDir: String?
    /// What is said on standard error besides the progress. Default: `.passive`, warnings.
    public var logLevel = LogLevel.passive
    /// Which input tokens are counted; their number, and how many are trained in a second, are then logged. Default: `.no`.
    public var includeNumInputTokensSeen = TokenCounting.no
    /// Whether metrics leave out how much memory was taken. Default: true.
    public var skipMemoryMetrics = true

    // MARK: Evaluation

    /// When the model is evaluated during training. Default: `.no`.
    public var evalStrategy = IntervalStrategy.no
    /// Optimizer steps between two evaluations; below 1, a share of all steps. Default: nil, `loggingSteps`.
    public var evalSteps: Double?
    /// Epochs or steps, as `evalStrategy` counts, before the first evaluation. Default: 0.
    public var evalDelay = 0.0
    /// Whether to evaluate before the first step. Default: false.
    public var evalOnStart = false
    /// Rows in each evaluation batch on each device. Default: 8.
    public var perDeviceEvalBatchSize = 8
    /// Whether evaluation gives the loss only. Default: false.
    public var predictionLossOnly = false
    /// What `computeMetrics` gets besides predictions and labels. Default: nothing.
    public var includeForMetrics: [MetricInput] = []
    /// Whether `computeMetrics` gets each batch by itself, and no logits are kept; see ``EvalPrediction/computeResult``.
    /// Default: false.
    public var batchEvalMetrics = false
    /// Batches of an evaluation whose outputs are left on the GPU before they are moved to the CPU together. Default: nil,
    /// as many as fit in 256 MiB.
    public var evalAccumulationSteps: Int?
    /// Whether the batches' predictions, labels and inputs are joined; see ``EvalPrediction/batches``. Default: true.
    public var evalDoConcatBatches = true

    // MARK: Checkpoints

    /// When checkpoints are saved. Default: `.steps`.
    public var saveStrategy = SaveStrategy.steps
    /// Optimizer steps between two checkpoints; below 1, a share of all steps. Default: 500.
    public var saveSteps = 500.0
    /// How many checkpoints are kept; the best one is never deleted. Default: nil, all; so do 0 and below.
    public var saveTotalLimit: Int?
    /// Whether checkpoints hold the model alone, and training cannot be resumed from them. Default: false.
    public var saveOnlyModel = false
    /// Whether the best checkpoint's weights are loaded after training. Default: false.
    public var loadBestModelAtEnd = false
    /// The metric that says which checkpoint is best, with or without `eval_`. Default: nil, `loss` where
    /// `loadBestModelAtEnd` is set.
    public var metricForBestModel: String?
    /// Whether a higher metric is better. Default: nil, unless the metric's name ends in `loss`.
    public var greaterIsBetter: Bool?
    /// The checkpoint to go on from. Default: nil.
    public var resumeFromCheckpoint: ResumeFromCheckpoint?
    /// Whether a resumed epoch begins anew instead of after the last batch seen. Default: false.
    public var ignoreDataSkip = false
    /// Whether callbacks of a resumed run take over the settings and counts that the checkpoint holds, such as early
    /// stopping's; they count anew otherwise. Default: false, as in Python.
    public var restoreCallbackStatesFromCheckpoint = false
    /// Whether a checkpoint is saved when the run is interrupted; not in Python. Default: true.
    public var saveOnInterrupt = true
    /// Whether SIGTERM, the warning before a pre-emption, saves a checkpoint after the step and ends training as if it were
    /// done: `train()` returns, where `saveOnInterrupt` alone ends it with an error. Python waits three seconds first, in
    /// case that SIGKILL follows at once; here a step and an atomic save need no such wait. Default: false.
    public var enableJitCheckpoint = false
    /// Whether training goes on while a checkpoint is written, once its state has been copied; not in Python. Needs memory
    /// for one copy of model and optimizer. Default: true.
    public var saveInBackground = true
    /// What happens when a checkpoint that is due cannot be saved; not in Python, which stops. Default: `.stop`.
    public var onSaveFailure = SaveFailureAction.stop

    // MARK: Hub

    /// Whether the model is uploaded to the Hub; needs a callback that uploads, such as SwiftTrainer's
    /// `PushToHubCallback`. Default: false.
    public var pushToHub = false
    /// The repository: `org/name`, or a bare name for one of the token's owner. Default: nil, the name of `outputDir`.
    public var hubModelId: String?
    /// When what is uploaded. Default: `.everySave`.
    public var hubStrategy = HubStrategy.everySave
    /// The access token; never written to files or logs. Default: nil, that of the environment or of `hf auth login`.
    public var hubToken: AccessToken?
    /// Whether the repository is private when it is made. Default: nil, as the owner's settings say.
    public var hubPrivateRepo: Bool?
    /// The branch that is uploaded to, which must exist. Default: nil, `main`.
    public var hubRevision: String?
    /// Whether a checkpoint is uploaded even while the one before is still on its way. Default: false.
    public var hubAlwaysPush = false

    // MARK: Device and numerics

    /// Whether the CPU is used even where there is a GPU. Default: false.
    public var useCpu = false
    /// Speed or Python's exact arithmetic; not in Python. Default: `.fast`.
    public var numerics = Numerics.fast
    /// Whether the model's forward pass runs under bfloat16 autocast, in training and evaluation; parameters stay
    /// float32. Needs a GPU that can, or `useCpu`. Default: false.
    public var bf16 = false
    /// Whether the model's forward pass runs under float16 autocast, with the loss scaled; needs a GPU. Default: false.
    public var fp16 = false
    /// Whether the model is converted to bfloat16 for an evaluation or prediction outside training; it stays so.
    /// Default: false.
    public var bf16FullEval = false
    /// Whether the model is converted to float16 for an evaluation or prediction outside training; it stays so.
    /// Default: false.
    public var fp16FullEval = false
    /// Whether float32 matrices may be multiplied in TF32; true needs a GPU that can. Default: nil, as libtorch has it.
    public var tf32: Bool?
    /// Whether encoder layers are computed again in the backward pass instead of keeping what they make: less memory, more
    /// time. Default: false.
    public var activationCheckpointing = false
    /// How ``activationCheckpointing`` is done. Default: nil, every layer.
    public var activationCheckpointingKwargs: ActivationCheckpointingOptions?
    /// After how many steps, again and again, memory that libtorch holds for later is given back to the GPU; nothing
    /// happens on the CPU. Default: nil, never.
    public var torchEmptyCacheSteps: Int?
    /// Whether training begins again with nine tenths of the batch size when memory runs out. Default: false.
    public var autoFindBatchSize = false
    /// Whether every operator must give the same result in each run, at the price of speed. Default: false.
    public var fullDeterminism = false

    // MARK: Several ranks

    /// How many ranks this program starts on this machine, where no launcher has; not in Python. 1: it stays one process.
    /// On the CPU they share the threads. Default: nil, one for each GPU that it sees.
    public var nproc: Int?
    /// What carries gradients between ranks. Default: nil, NCCL between GPUs and Gloo on the CPU.
    public var ddpBackend: ProcessGroup.Backend?
    /// How long ranks wait for each other, in seconds. Default: 1800.
    public var ddpTimeout = 1800
    /// Whether parameters that a step's loss does not depend on are looked for in each step; needed where a model leaves
    /// some out. Default: nil, no.
    public var ddpFindUnusedParameters: Bool?
    /// Gradients are sent in pieces of so many MiB. Default: nil, 25.
    public var ddpBucketCapMb: Int?
    /// Whether rank 0's buffers, such as running means, are given to all ranks before each forward pass. Default: nil, yes.
    public var ddpBroadcastBuffers: Bool?
    /// Whether the same parameters are used in the same order in every step. Default: nil, no.
    public var ddpStaticGraph: Bool?
    /// How gradients are sent: as they are, or in half as many bytes; accelerate's name. Default: `.no`.
    public var ddpCommHook = DDPCommHook.no
    /// What ranks share out, so that a model or its optimizer may be larger than one rank's memory. Default: nil, nothing.
    public var fsdp: FSDPOptions?
    /// Settings of ``fsdp`` by Python's names. Default: nil.
    public var fsdpConfig: FSDPConfig?
    /// Whether a loss is averaged over the labels of all ranks, rather than each rank's own. Default: true.
    public var averageTokensAcrossDevices = true
    /// Whether the first rank of every machine prints log lines, or that of the first machine alone. Default: true.
    public var logOnEachNode = true
    /// ``logLevel`` on the other ranks. Default: `.warning`.
    public var logLevelReplica = LogLevel.warning
    /// Whether the first rank of every machine saves checkpoints and the model, for machines that share no disk.
    /// Default: false.
    public var saveOnEachNode = false

    /// Python's defaults, changed by `configure`.
    public init(outputDir: String = "trainer_output", _ configure: (inout TrainingArguments) -> Void = { _ in }) {
        self.outputDir = outputDir
        configure(&self)
    }
}
