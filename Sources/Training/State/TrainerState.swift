public import OrderedJSON

/// How far a run has come, and what it has logged: Python's `TrainerState`, written to `trainer_state.json`.
public struct TrainerState: Sendable, Hashable {
    /// Epochs completed, with a fraction.
    public var epoch = 0.0
    /// Optimizer steps completed.
    public var globalStep = 0
    /// Optimizer steps of the whole run.
    public var maxSteps = 0
    /// Steps between two logs.
    public var loggingSteps = 500
    /// Steps between two evaluations.
    public var evalSteps = 500
    /// Steps between two checkpoints.
    public var saveSteps = 500
    /// Rows in each batch; Python cannot read a state without.
    public var trainBatchSize: Int?
    /// Epochs of the whole run, rounded up.
    public var numTrainEpochs = 0
    /// Tokens seen, where they are counted.
    public var numInputTokensSeen = 0
    /// Floating point operations so far.
    public var totalFlos = 0.0
    /// Every record logged, in order.
    public var logHistory: [JSONObject] = []
    /// The best value so far of the metric that decides.
    public var bestMetric: Double?
    /// The step of `bestMetric`.
    public var bestGlobalStep: Int?
    /// The checkpoint folder of `bestGlobalStep`.
    public var bestModelCheckpoint: String?
    /// Whether this is the first process on its machine.
    public var isLocalProcessZero = true
    /// Whether this is the first process of all.
    public var isWorldProcessZero = true
    /// Whether this run is one of a hyperparameter search.
    public var isHyperParamSearch = false
    /// The name of the trial in a search.
    public var trialName: String?
    /// The parameters of the trial in a search.
    public var trialParams: JSONValue?
    /// The states of callbacks by their class, `TrainerControl` among them.
    public var statefulCallbacks = JSONObject()

    public init() {}
}
