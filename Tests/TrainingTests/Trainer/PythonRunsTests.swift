import Foundation
import OrderedJSON
import Testing
import Training

/// Whole runs against Python's Trainer on the same rows and weights.
@Suite(.serialized) struct PythonRunsTests {
    @Test(arguments: [
        "plain", "accumulation", "accumulation_python", "trace", "max_steps", "fraction", "drop_last", "ratios",
        "epochs",
        "smoothing", "sgd", "dropout", "early", "checkpoint", "boundary",
    ])
    func equalsPythonsRun(name: String) throws {
        let run = try PythonRun(name)
        try withOutput { output in
            let recorder = EventRecorder()
            let trainer = try run.trainer(output, callbacks: [recorder])
            let result = try trainer.train()

            #expect(trainer.state.maxSteps == run.record["max_steps"]?.intValue)
            #expect(trainer.state.numTrainEpochs == run.record["num_train_epochs"]?.intValue)
            #expect(result.globalStep == run.record["global_step"]?.intValue)
            #expect(trainer.state.bestGlobalStep == run.record["best_global_step"]?.intValue)
            #expect(recorder.events == run.trace)
            let kept = run.record["checkpoints"]?.arrayValue?.compactMap { $0.stringValue }
            #expect(checkpoints(in: output) == kept)
            Self.expectLog(untimed(trainer.state.logHistory), run.log)
            for (name, want) in run.tensors(under: "final.").entries {
                let got = try #require(trainer.model.stateDict()[name])
                #expect((got.detach() - want).abs().max().item() < 2e-6, "\(name)")
            }
        }
    }

    /// The same keys in the same order, the same steps, epochs and learning rates, measured numbers within rounding.
    static func expectLog(_ got: [JSONObject], _ want: [JSONValue]) {
        #expect(got.count == want.count)
        for (index, (ours, pythons)) in zip(got, want).enumerated() {
            #expect(ours.keys == pythons.objectValue?.keys, "record \(index)")
            for (key, value) in ours.members {
                let expected = pythons[key]?.doubleValue ?? .nan
                let number = value.doubleValue ?? .nan
                switch key {
                case "step", "epoch", "learning_rate", "total_flos", "eval_accuracy":
                    #expect(number == expected, "record \(index), \(key)")
                default:
                    #expect(abs(number - expected) <= 2e-6 * max(1, abs(expected)), "record \(index), \(key)")
                }
            }
        }
    }
}

/// Notes the events by Python's names.
final class EventRecorder: TrainerCallback {
    var events: [String] = []

    override func onInitEnd(_ context: CallbackContext, control: inout TrainerControl) { events.append("init_end") }
    override func onTrainBegin(_ context: CallbackContext, control: inout TrainerControl) {
        events.append("train_begin")
    }
    override func onTrainEnd(_ context: CallbackContext, control: inout TrainerControl) { events.append("train_end") }
    override func onEpochBegin(_ context: CallbackContext, control: inout TrainerControl) {
        events.append("epoch_begin")
    }
    override func onEpochEnd(_ context: CallbackContext, control: inout TrainerControl) { events.append("epoch_end") }
    override func onStepBegin(_ context: CallbackContext, control: inout TrainerControl) { events.append("step_begin") }
    override func onSubstepEnd(_ context: CallbackContext, control: inout TrainerControl) {
        events.append("substep_end")
    }
    override func onPreOptimizerStep(_ context: CallbackContext, control: inout TrainerControl) {
        events.append("pre_optimizer_step")
    }
    override func onOptimizerStep(_ context: CallbackContext, control: inout TrainerControl) {
        events.append("optimizer_step")
    }
    override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) { events.append("step_end") }
    override func onEvaluate(_ context: CallbackContext, metrics: Metrics, control: inout TrainerControl) {
        events.append("evaluate")
    }
    override func onPredict(_ context: CallbackContext, metrics: Metrics, control: inout TrainerControl) {
        events.append("predict")
    }
    override func onSave(_ context: CallbackContext, control: inout TrainerControl) { events.append("save") }
    override func onLog(_ context: CallbackContext, logs: Metrics, control: inout TrainerControl) {
        events.append("log")
    }
    override func onPredictionStep(_ context: CallbackContext, control: inout TrainerControl) {
        events.append("prediction_step")
    }
}
