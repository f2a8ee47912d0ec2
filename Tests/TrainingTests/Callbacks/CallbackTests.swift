import Foundation
import OrderedJSON
import Testing
import Training

/// The order of callbacks, and the flags between them and the loop.
@Suite(.serialized) struct CallbackTests {
    /// Each event with its step and the flags that are set when it comes, as Python's.
    @Test func flagsAreSetAndResetAsInPython() throws {
        let run = try ReportingRun()
        try withOutput { output in
            let recorder = FlagRecorder()
            try run.trainer(output, callbacks: [recorder, Setter()]).train()
            let python = try #require(run.record["trace"]?.arrayValue)
            #expect(recorder.trace.count == python.count)
            for (ours, theirs) in zip(recorder.trace, python) { #expect(ours == theirs) }
        }
    }

    @Test func reportsComeBeforeOnesOwnAndProgressComesLast() throws {
        let run = try ReportingRun()
        try withOutput { output in
            let trainer = try run.trainer(output, callbacks: [FlagRecorder(), Setter()]) {
                $0.reportTo = [.tensorBoard]
            }
            let names = trainer.callbacks.map { String(describing: type(of: $0)) }
            let python = run.record["callbacks"]?.arrayValue?.compactMap { $0.stringValue } ?? []
            #expect(names == python.map { $0 == "Recorder" ? "FlagRecorder" : $0 })
        }
    }

    @Test func aSecondOfAClassIsWarnedOfAndAdded() throws {
        try withOutput { output in
            let trainer = try ReportingRun().trainer(output, callbacks: [Setter()])
            let texts = warnings { trainer.addCallback(Setter()) }
            #expect(texts.count == 1)
            let start = "a second Setter is added to the callbacks DefaultFlowCallback, Setter"
            #expect(texts.first?.hasPrefix(start) == true)
            #expect(setters(trainer).count == 2)
            let first = setters(trainer).first
            let popped = trainer.popCallback(Setter.self)
            #expect(popped === first)
            #expect(setters(trainer).count == 1)
            trainer.removeCallback(Setter.self)
            #expect(setters(trainer).isEmpty)
            let other = Setter()
            trainer.addCallback(other)
            trainer.removeCallback(other)
            #expect(setters(trainer).isEmpty)
        }
    }

    private func setters(_ trainer: Trainer) -> [Setter] { trainer.callbacks.compactMap { $0 as? Setter } }

    @Test func earlyStoppingCountsAnewUnlessItsStateIsRestored() throws {
        for restores in [false, true] {
            try withOutput { output in
                let run = try ReportingRun()
                func trainer(_ early: EarlyStoppingCallback, restores: Bool) throws -> Trainer {
                    try run.trainer(output, callbacks: [early]) {
                        // No evaluation is better than the first.
                        $0.learningRate = 0
                        $0.metricForBestModel = "accuracy"
                        $0.restoreCallbackStatesFromCheckpoint = restores
                    }
                }
                let first = EarlyStoppingCallback(earlyStoppingPatience: 2, earlyStoppingThreshold: 0.25)
                let whole = try trainer(first, restores: false)
                try whole.train()
                #expect(whole.state.globalStep == 9)
                #expect(first.counter == 2)
                let second = EarlyStoppingCallback(earlyStoppingPatience: 7)
                let resumed = try trainer(second, restores: restores)
                try resumed.train(resumeFromCheckpoint: .folder(output.appending(path: "checkpoint-6").path))
                #expect(resumed.state.globalStep == (restores ? 9 : 12))
                #expect(second.counter == 2)
                #expect(second.patience == (restores ? 2 : 7))
                #expect(second.threshold == (restores ? 0.25 : 0))
            }
        }
    }

    @Test func earlyStoppingSaysWhatItLacks() throws {
        try withOutput { output in
            let early = EarlyStoppingCallback()
            let warnings = try warnings {
                let trainer = try ReportingRun().trainer(output, callbacks: [early]) { $0.saveStrategy = .no }
                #expect(throws: TrainingError.argument("early stopping needs metric_for_best_model")) {
                    try trainer.train()
                }
            }
            #expect(warnings == ["early stopping without load_best_model_at_end: the last model is kept, not the best"])
        }
    }

    @Test func aQuietRunWarnsOfNothing() throws {
        try withOutput { output in
            let warnings = try warnings {
                let trainer = try ReportingRun().trainer(output, callbacks: [Setter()]) { $0.logLevel = .error }
                trainer.addCallback(Setter())
            }
            #expect(warnings == [])
            _ = try ReportingRun().trainer(output)
        }
    }
}

/// Notes events with steps and flags, in the form of the fixture.
final class FlagRecorder: TrainerCallback {
    var trace: [JSONValue] = []

    private func note(_ event: String, _ context: CallbackContext, _ control: TrainerControl) {
        let flags = [
            ("should_training_stop", control.shouldTrainingStop), ("should_epoch_stop", control.shouldEpochStop),
            ("should_save", control.shouldSave), ("should_evaluate", control.shouldEvaluate),
            ("should_log", control.shouldLog),
        ]
        trace.append(
            .array([.string(event), .int(context.globalStep)] + flags.filter { $0.1 }.map { .string($0.0) }))
    }

    override func onInitEnd(_ context: CallbackContext, control: inout TrainerControl) {
        note("init_end", context, control)
    }
    override func onTrainBegin(_ context: CallbackContext, control: inout TrainerControl) {
        note("train_begin", context, control)
    }
    override func onTrainEnd(_ context: CallbackContext, control: inout TrainerControl) {
        note("train_end", context, control)
    }
    override func onEpochBegin(_ context: CallbackContext, control: inout TrainerControl) {
        note("epoch_begin", context, control)
    }
    override func onEpochEnd(_ context: CallbackContext, control: inout TrainerControl) {
        note("epoch_end", context, control)
    }
    override func onStepBegin(_ context: CallbackContext, control: inout TrainerControl) {
        note("step_begin", context, control)
    }
    override func onSubstepEnd(_ context: CallbackContext, control: inout TrainerControl) {
        note("substep_end", context, control)
    }
    override func onPreOptimizerStep(_ context: CallbackContext, control: inout TrainerControl) {
        note("pre_optimizer_step", context, control)
    }
    override func onOptimizerStep(_ context: CallbackContext, control: inout TrainerControl) {
        note("optimizer_step", context, control)
    }
    override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) {
        note("step_end", context, control)
    }
    override func onEvaluate(_ context: CallbackContext, metrics: Metrics, control: inout TrainerControl) {
        note("evaluate", context, control)
    }
    override func onSave(_ context: CallbackContext, control: inout TrainerControl) { note("save", context, control) }
    override func onLog(_ context: CallbackContext, logs: Metrics, control: inout TrainerControl) {
        note("log", context, control)
    }
    override func onPredictionStep(_ context: CallbackContext, control: inout TrainerControl) {
        note("prediction_step", context, control)
    }
}
