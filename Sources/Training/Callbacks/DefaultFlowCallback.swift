/// Sets the flags for logging, evaluating, saving and stopping by the arguments' strategies.
public final class DefaultFlowCallback: TrainerCallback {
    public override var awaitsCheckpoint: Bool { false }

    public override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) throws {
        let arguments = context.arguments
        let state = context.state
        let step = state.globalStep
        func isDue(_ interval: Int) -> Bool { interval > 0 && step % interval == 0 }

        if step == 1, arguments.loggingFirstStep { control.shouldLog = true }
        if arguments.loggingStrategy == .steps, isDue(state.loggingSteps) { control.shouldLog = true }
        let mayEvaluate = arguments.evalStrategy == .steps && arguments.evalDelay <= Double(step)
        if mayEvaluate, isDue(state.evalSteps) { control.shouldEvaluate = true }
        if arguments.saveStrategy == .steps, isDue(state.saveSteps) { control.shouldSave = true }
        if step >= state.maxSteps {
            control.shouldTrainingStop = true
            if mayEvaluate { control.shouldEvaluate = true }
            if arguments.saveStrategy == .steps { control.shouldSave = true }
        }
    }

    public override func onEpochEnd(_ context: CallbackContext, control: inout TrainerControl) throws {
        let arguments = context.arguments
        if arguments.loggingStrategy == .epoch { control.shouldLog = true }
        if arguments.evalStrategy == .epoch, arguments.evalDelay <= context.state.epoch {
            control.shouldEvaluate = true
        }
        if arguments.saveStrategy == .epoch { control.shouldSave = true }
    }
}
