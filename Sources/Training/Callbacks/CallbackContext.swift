import OrderedJSON

/// What callbacks can see.
public final class CallbackContext {
    private unowned let trainer: Trainer
    var owner: Trainer { trainer }
    /// Batches of the loop that runs now: of an epoch, or of an evaluation.
    public internal(set) var batchCount = 0
    /// During `onEvaluate` and `onPredict`: what the model predicted, on the CPU, where logits and labels were kept.
    public internal(set) var prediction: EvalPrediction?

    init(_ trainer: Trainer) { self.trainer = trainer }

    public var arguments: TrainingArguments { trainer.arguments }
    /// What callbacks have asked for so far.
    public internal(set) var control: TrainerControl {
        get { trainer.control }
        set { trainer.control = newValue }
    }
    public var state: TrainerState { trainer.state }
    public var model: any TrainableModel { trainer.model }
    public var processingClass: (any ProcessingClass)? { trainer.processingClass }
    public var optimizer: Optimizer? { trainer.optimizer }
    /// The learning rate's course; nil before training.
    public var schedule: LearningRateSchedule? { trainer.schedule }
    public var device: Device { trainer.device }
    /// The processes that train together; each of them calls its callbacks.
    public var ranks: Ranks { trainer.ranks }
    public var globalStep: Int { trainer.state.globalStep }
    public var maxSteps: Int { trainer.state.maxSteps }
}

extension CallbackContext {
    /// How files are written.
    var files: any FileOperations { trainer.files }

    /// The text of the model's `config.json`; nil for models without one.
    var modelConfiguration: String? {
        let files = (trainer.model as? any ModelWithFiles)?.modelFiles
        return files?.first { $0.name == "config.json" }.map { String(decoding: $0.contents, as: UTF8.self) }
    }

    /// A log record as `trainer_state.json` has it.
    func record(of logs: Metrics) -> JSONObject {
        var record = logs.json
        record["step"] = .int(globalStep)
        return record
    }
}
