public import OrderedJSON

/// Listens to the training loop, with Python's events. Override what you need; set flags of `control` to make the loop
/// log, evaluate, save or stop.
open class TrainerCallback {
    public init() {}

    /// At the end of the trainer's initialiser.
    open func onInitEnd(_ context: CallbackContext, control: inout TrainerControl) throws {}
    open func onTrainBegin(_ context: CallbackContext, control: inout TrainerControl) throws {}
    open func onTrainEnd(_ context: CallbackContext, control: inout TrainerControl) throws {}
    open func onEpochBegin(_ context: CallbackContext, control: inout TrainerControl) throws {}
    open func onEpochEnd(_ context: CallbackContext, control: inout TrainerControl) throws {}
    /// Before the first micro-batch of a step.
    open func onStepBegin(_ context: CallbackContext, control: inout TrainerControl) throws {}
    /// After a micro-batch that is not the last of its step.
    open func onSubstepEnd(_ context: CallbackContext, control: inout TrainerControl) throws {}
    /// After clipping, before the optimizer's step.
    open func onPreOptimizerStep(_ context: CallbackContext, control: inout TrainerControl) throws {}
    /// After the optimizer's step, before gradients are dropped.
    open func onOptimizerStep(_ context: CallbackContext, control: inout TrainerControl) throws {}
    open func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) throws {}
    open func onEvaluate(_ context: CallbackContext, metrics: Metrics, control: inout TrainerControl) throws {}
    open func onPredict(_ context: CallbackContext, metrics: Metrics, control: inout TrainerControl) throws {}
    /// After a checkpoint was saved. Its files are there where ``awaitsCheckpoint`` says so for any callback; else they may
    /// still be being written.
    open func onSave(_ context: CallbackContext, control: inout TrainerControl) throws {}
    open func onLog(_ context: CallbackContext, logs: Metrics, control: inout TrainerControl) throws {}
    /// After each batch of evaluation or prediction.
    open func onPredictionStep(_ context: CallbackContext, control: inout TrainerControl) throws {}

    /// Whether ``onSave(_:control:)`` needs the checkpoint's files. Default: true, as in Python; with one such callback
    /// training waits until a checkpoint is on the disk before it tells of it. False in callbacks that do not look at the
    /// files lets training go on meanwhile (`TrainingArguments.saveInBackground`).
    open var awaitsCheckpoint: Bool { true }

    /// Name and state for `trainer_state.json` (`args` and `attributes`); nil: nothing is kept.
    open var exportedState: (name: String, state: JSONValue)? { nil }

    /// Takes back what ``exportedState`` gave.
    open func restore(_ state: JSONValue) {}
}

/// What callbacks can see.
public final class CallbackContext {
    private unowned let trainer: Trainer
    /// Batches of the loop that runs now: of an epoch, or of an evaluation.
    public internal(set) var batchCount = 0

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
    public var globalStep: Int { trainer.state.globalStep }
    public var maxSteps: Int { trainer.state.maxSteps }
}

/// Named numbers in order.
public struct Metrics: Sendable, Hashable, ExpressibleByDictionaryLiteral, CustomStringConvertible {
    public private(set) var names: [String] = []
    private var values: [String: JSONValue] = [:]

    public init() {}
    public init(dictionaryLiteral elements: (String, Double)...) {
        for (name, value) in elements { self[name] = value }
    }

    /// The number under `name`; nil where there is none.
    public subscript(name: String) -> Double? {
        get { values[name]?.doubleValue }
        set { set(name, newValue.map { .double($0) }) }
    }

    /// Sets a value that need not be a float (Python logs whole numbers as such).
    public mutating func set(_ name: String, _ value: JSONValue?) {
        if let value {
            if values.updateValue(value, forKey: name) == nil { names.append(name) }
        } else if values.removeValue(forKey: name) != nil {
            names.removeAll { $0 == name }
        }
    }

    /// Adds all of `other`, whose values win.
    public mutating func merge(_ other: Metrics) {
        for name in other.names { set(name, other.values[name]) }
    }

    /// As JSON, in order.
    public var json: JSONObject {
        var object = JSONObject()
        for name in names { object[name] = values[name] }
        return object
    }

    public var description: String { JSONValue.object(json).serialized(.compact) }
}
