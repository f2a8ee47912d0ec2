/// The callbacks in order of call, and the control flags between them and the loop.
struct CallbackList {
    var callbacks: [TrainerCallback]
    let context: CallbackContext

    typealias Hook = (TrainerCallback, CallbackContext, inout TrainerControl) throws -> Void

    func call(_ control: inout TrainerControl, _ hook: Hook) throws {
        for callback in callbacks { try hook(callback, context, &control) }
    }

    func trainBegin(_ control: inout TrainerControl) throws {
        control.newTraining()
        try call(&control) { try $0.onTrainBegin($1, control: &$2) }
    }
    func epochBegin(_ control: inout TrainerControl) throws {
        control.newEpoch()
        try call(&control) { try $0.onEpochBegin($1, control: &$2) }
    }
    func stepBegin(_ control: inout TrainerControl) throws {
        control.newStep()
        try call(&control) { try $0.onStepBegin($1, control: &$2) }
    }
    func evaluate(_ metrics: Metrics, _ control: inout TrainerControl) throws {
        control.shouldEvaluate = false
        try call(&control) { try $0.onEvaluate($1, metrics: metrics, control: &$2) }
    }
    func save(_ control: inout TrainerControl) throws {
        control.shouldSave = false
        try call(&control) { try $0.onSave($1, control: &$2) }
    }
    func log(_ logs: Metrics, _ control: inout TrainerControl) throws {
        control.shouldLog = false
        try call(&control) { try $0.onLog($1, logs: logs, control: &$2) }
    }
}
