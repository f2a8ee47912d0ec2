public import OrderedJSON

/// What callbacks ask the training loop to do next.
public struct TrainerControl: Sendable, Hashable {
    /// Stop the run after this step.
    public var shouldTrainingStop = false
    /// Stop the epoch after this step.
    public var shouldEpochStop = false
    /// Save a checkpoint at the end of this step.
    public var shouldSave = false
    /// Evaluate at the end of this step.
    public var shouldEvaluate = false
    /// Log at the end of this step.
    public var shouldLog = false

    public init() {}

    /// What Python's `TrainerControl.state()` gives, for `TrainerState.statefulCallbacks`.
    public func state() -> JSONValue {
        [
            "args": [
                "should_training_stop": .bool(shouldTrainingStop), "should_epoch_stop": .bool(shouldEpochStop),
                "should_save": .bool(shouldSave), "should_evaluate": .bool(shouldEvaluate),
                "should_log": .bool(shouldLog),
            ],
            "attributes": [:],
        ]
    }

    /// Reads what `state()` gave; a flag that is missing is false.
    public init(state: JSONValue) {
        let flags = state["args"]
        shouldTrainingStop = flags?["should_training_stop"]?.boolValue ?? false
        shouldEpochStop = flags?["should_epoch_stop"]?.boolValue ?? false
        shouldSave = flags?["should_save"]?.boolValue ?? false
        shouldEvaluate = flags?["should_evaluate"]?.boolValue ?? false
        shouldLog = flags?["should_log"]?.boolValue ?? false
    }

    /// The flags as numbers.
    var wishes: [Double] {
        [shouldTrainingStop, shouldEpochStop, shouldSave, shouldEvaluate, shouldLog].map { $0 ? 1 : 0 }
    }
    static let wishCount = 5

    /// Sets the flags from numbers that ``wishes`` gave.
    mutating func take(_ wishes: [Double]) {
        shouldTrainingStop = wishes[0] > 0
        shouldEpochStop = wishes[1] > 0
        shouldSave = wishes[2] > 0
        shouldEvaluate = wishes[3] > 0
        shouldLog = wishes[4] > 0
    }

    /// Before training: no stop is asked for.
    public mutating func newTraining() { shouldTrainingStop = false }

    /// Before an epoch.
    public mutating func newEpoch() { shouldEpochStop = false }

    /// Before a step: nothing is to be logged, evaluated or saved.
    public mutating func newStep() {
        shouldSave = false
        shouldEvaluate = false
        shouldLog = false
    }
}
