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
    /// After a checkpoint was saved. Its files are there where `awaitsCheckpoint` says so for any callback; else they may
    /// still be being written.
    open func onSave(_ context: CallbackContext, control: inout TrainerControl) throws {}
    /// Before the model, or a checkpoint, is uploaded.
    open func onPushBegin(_ context: CallbackContext, control: inout TrainerControl) throws {}
    open func onLog(_ context: CallbackContext, logs: Metrics, control: inout TrainerControl) throws {}
    /// After each batch of evaluation or prediction.
    open func onPredictionStep(_ context: CallbackContext, control: inout TrainerControl) throws {}

    /// Whether `onSave(_:control:)` needs the checkpoint's files. Default: true, as in Python; with one such callback
    /// training waits until a checkpoint is on the disk before it tells of it. False in callbacks that do not look at the
    /// files lets training go on meanwhile (`TrainingArguments.saveInBackground`).
    open var awaitsCheckpoint: Bool { true }

    /// Name and state for `trainer_state.json` (`args` and `attributes`); nil: nothing is kept.
    open var exportedState: (name: String, state: JSONValue)? { nil }

    /// Takes back what ``exportedState`` gave, where `restoreCallbackStatesFromCheckpoint` asks for it.
    open func restore(_ state: JSONValue) {}
}
