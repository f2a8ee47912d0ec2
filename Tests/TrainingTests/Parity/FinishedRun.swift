import Foundation
import OrderedJSON
import Testing
import Training

/// A run of ours, to be compared with Python's.
struct FinishedRun {
    let run: ParityRun
    let trainer: Trainer
    let result: TrainOutput
    let probe: EventProbe
    /// Rows of each training batch.
    let order: [[Int]]
    let checkpoints: [String]

    var log: [JSONObject] { untimed(trainer.state.logHistory) }
    func series(_ key: String) -> [Double] { log.compactMap { $0[key]?.doubleValue } }

    /// Numbers of steps, records, events, rows, files and final weights.
    func expectEqual(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let (state, record) = (trainer.state, run.record)
        func expect(_ name: String, _ value: Int?) {
            #expect(value == record[name]?.intValue, "\(run.name): \(name)", sourceLocation: sourceLocation)
        }
        expect("max_steps", state.maxSteps)
        expect("num_train_epochs", state.numTrainEpochs)
        expect("logging_steps", state.loggingSteps)
        expect("eval_steps", state.evalSteps)
        expect("save_steps", state.saveSteps)
        expect("global_step", result.globalStep)
        expect("best_global_step", state.bestGlobalStep)
        #expect(probe.events == run.strings("trace"), "\(run.name): events", sourceLocation: sourceLocation)
        #expect(checkpoints == run.strings("checkpoints"), "\(run.name): folders", sourceLocation: sourceLocation)
        let order = record["order"]?.arrayValue?.map { $0.doubles.map { Int($0) } }
        #expect(self.order == order, "\(run.name): rows", sourceLocation: sourceLocation)
        expectLog(sourceLocation)
        expectNear(
            [result.trainingLoss], record["training_loss"]?.doubles ?? [], "training_loss",
            sourceLocation: sourceLocation)
        for (name, want) in run.weights("final").entries {
            let got = try #require(trainer.model.stateDict()[name])
            let difference = (got.detach() - want).abs().max().item()
            #expect(difference < 1e-5, "\(run.name): \(name)", sourceLocation: sourceLocation)
        }
    }

    /// The same keys in the same order, the same steps, epochs and learning rates, measured numbers within rounding.
    private func expectLog(_ sourceLocation: SourceLocation) {
        #expect(log.count == run.log.count, "\(run.name): records", sourceLocation: sourceLocation)
        for (index, (ours, pythons)) in zip(log, run.log).enumerated() {
            let place = "\(run.name): record \(index)"
            #expect(ours.keys == pythons.objectValue?.keys, "\(place)", sourceLocation: sourceLocation)
            for (key, value) in ours.members {
                let (number, expected) = (value.doubleValue ?? .nan, pythons[key]?.doubleValue ?? .nan)
                switch key {
                case "step", "epoch", "total_flos", "eval_accuracy":
                    #expect(number == expected, "\(place), \(key)", sourceLocation: sourceLocation)
                case "learning_rate":
                    expectRate(number, expected, "\(place), \(key)", sourceLocation)
                default:
                    expectNear([number], [expected], "\(place), \(key)", sourceLocation: sourceLocation)
                }
            }
        }
    }

    /// Straight schedules to the last bit, those with powers and cosines to 1e-12.
    private func expectRate(_ rate: Double, _ want: Double, _ place: String, _ sourceLocation: SourceLocation) {
        let type = run.record["arguments"]?["lr_scheduler_type"]?.stringValue ?? "linear"
        let isStraight = ["linear", "constant", "constant_with_warmup", "reduce_lr_on_plateau"].contains(type)
        let tolerance = isStraight ? 0 : 1e-12 * abs(want)
        #expect(abs(rate - want) <= tolerance, "\(place)", sourceLocation: sourceLocation)
    }

    private func expectNear(_ got: [Double], _ want: [Double], _ place: String, sourceLocation: SourceLocation) {
        #expect(isNear(got, want), "\(place): \(got), not \(want)", sourceLocation: sourceLocation)
    }
}

/// Equal within 1e-5 of the larger of 1 and the expected size; numbers that are not finite alike.
func isNear(_ got: [Double], _ want: [Double], tolerance: Double = 1e-5) -> Bool {
    got.count == want.count
        && zip(got, want).allSatisfy { a, b in
            a == b || a.isNaN && b.isNaN || abs(a - b) <= tolerance * max(1, abs(b))
        }
}

/// Trains as in the record of this name and compares everything.
@discardableResult
func expectRun(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> FinishedRun {
    try withOutput { output in
        let finished = try ParityRun(name).train(output)
        try finished.expectEqual(sourceLocation: sourceLocation)
        return finished
    }
}

/// Notes events by Python's names, and at each the control flags and the next random number.
final class EventProbe: TrainerCallback {
    private let isProbing: Bool
    private(set) var events: [String] = []
    private(set) var flags: [String] = []
    private(set) var random: [Int] = []

    init(isProbing: Bool) { self.isProbing = isProbing }

    private func note(_ event: String, _ control: TrainerControl) {
        events.append(event)
        guard isProbing else { return }
        let named = [
            ("training_stop", control.shouldTrainingStop), ("epoch_stop", control.shouldEpochStop),
            ("save", control.shouldSave), ("evaluate", control.shouldEvaluate), ("log", control.shouldLog),
        ]
        flags.append(named.filter { $0.1 }.map { $0.0 }.joined(separator: " "))
        random.append(nextRandomNumber())
    }

    override func onInitEnd(_ context: CallbackContext, control: inout TrainerControl) { note("init_end", control) }
    override func onTrainBegin(_ context: CallbackContext, control: inout TrainerControl) {
        note("train_begin", control)
    }
    override func onTrainEnd(_ context: CallbackContext, control: inout TrainerControl) { note("train_end", control) }
    override func onEpochBegin(_ context: CallbackContext, control: inout TrainerControl) {
        note("epoch_begin", control)
    }
    override func onEpochEnd(_ context: CallbackContext, control: inout TrainerControl) { note("epoch_end", control) }
    override func onStepBegin(_ context: CallbackContext, control: inout TrainerControl) { note("step_begin", control) }
    override func onSubstepEnd(_ context: CallbackContext, control: inout TrainerControl) {
        note("substep_end", control)
    }
    override func onPreOptimizerStep(_ context: CallbackContext, control: inout TrainerControl) {
        note("pre_optimizer_step", control)
    }
    override func onOptimizerStep(_ context: CallbackContext, control: inout TrainerControl) {
        note("optimizer_step", control)
    }
    override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) { note("step_end", control) }
    override func onEvaluate(_ context: CallbackContext, metrics: Metrics, control: inout TrainerControl) {
        note("evaluate", control)
    }
    override func onPredict(_ context: CallbackContext, metrics: Metrics, control: inout TrainerControl) {
        note("predict", control)
    }
    override func onSave(_ context: CallbackContext, control: inout TrainerControl) { note("save", control) }
    override func onLog(_ context: CallbackContext, logs: Metrics, control: inout TrainerControl) {
        note("log", control)
    }
    override func onPredictionStep(_ context: CallbackContext, control: inout TrainerControl) {
        note("prediction_step", control)
    }
}

/// What the CPU's generator would give next; it does not move.
func nextRandomNumber() -> Int {
    let generator = Generator()
    let state = generator.state()
    defer { generator.setState(state) }
    return Tensor.empty([], dtype: .int64).random_().item(as: Int.self)
}
