/// The callbacks in order of call, and the control flags between them and the loop.
struct CallbackList {
    var callbacks: [TrainerCallback]
    let context: CallbackContext

    typealias Hook = (TrainerCallback, CallbackContext, inout TrainerControl) throws -> Void

    /// Each callback changes a copy of the flags, for it may use the trainer meanwhile: evaluate, or read its flags.
    /// A tensor operation that fails in one ends the run with an error.
    func call(_ hook: Hook) throws {
        try withTorchErrors {
            for callback in callbacks {
                var control = context.control
                try hook(callback, context, &control)
                context.control = control
            }
        }
    }

    func trainBegin() throws {
        context.control.newTraining()
        try call { try $0.onTrainBegin($1, control: &$2) }
    }
    func epochBegin() throws {
        context.control.newEpoch()
        try call { try $0.onEpochBegin($1, control: &$2) }
    }
    func stepBegin() throws {
        context.control.newStep()
        try call { try $0.onStepBegin($1, control: &$2) }
    }
    func evaluate(_ metrics: Metrics) throws {
        context.control.shouldEvaluate = false
        try call { try $0.onEvaluate($1, metrics: metrics, control: &$2) }
    }
    func save() throws {
        context.control.shouldSave = false
        try call { try $0.onSave($1, control: &$2) }
    }
    func log(_ logs: Metrics) throws {
        context.control.shouldLog = false
        try call { try $0.onLog($1, logs: logs, control: &$2) }
    }
}
