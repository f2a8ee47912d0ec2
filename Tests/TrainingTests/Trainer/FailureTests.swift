import Foundation
import OrderedJSON
import Testing
import Training

/// What cannot work is said in one line, and nothing is spoilt or left half written.
@Suite(.serialized) struct FailureTests {
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    private func rows(_ labels: [Int]) -> TensorDataset {
        TensorDataset(["input_ids": .zeros([labels.count, 6]), "labels": Tensor(labels)])
    }

    private func trainer(
        _ output: URL, model: Network = Network(), train: (any TrainerDataset)?, eval: (any TrainerDataset)? = nil,
        callbacks: [TrainerCallback] = [], _ configure: (inout TrainingArguments) -> Void = { _ in }
    ) throws -> Trainer {
        try Trainer(
            model: model,
            arguments: TrainingArguments(outputDir: output.path) {
                $0.useCpu = true
                $0.disableTqdm = true
                $0.saveOnInterrupt = false
                $0.perDeviceTrainBatchSize = 2
                configure(&$0)
            }, trainDataset: train, evalDataset: eval, callbacks: callbacks)
    }

    @Test func whatIsMissingIsSaidBeforeTheFirstStep() throws {
        withOutput { output in
            #expect(message { try trainer(output, train: nil).train() }.contains("trainDataset"))
            #expect(message { try trainer(output, train: rows([])).train() }.contains("no rows"))
            #expect(
                message { try trainer(output, train: rows([0]), { $0.evalStrategy = .epoch }).train() }
                    .contains("no evalDataset"))
            #expect(
                message { try trainer(output, train: rows([0]), { $0.perDeviceTrainBatchSize = 0 }).train() }
                    .contains("per_device_train_batch_size"))
            #expect(
                message { try trainer(output, train: rows([0]), { $0.dataloaderDropLast = true }).train() }
                    .contains("fewer than a batch"))
            #expect(message { try trainer(output, train: nil).evaluate() }.contains("evalDataset"))
            #expect(checkpoints(in: output).isEmpty)
        }
    }

    @Test func aLabelOutOfRangeIsNamedWithItsRow() throws {
        withOutput { output in
            for (labels, place) in [([0, 1, 3, 0], "2"), ([0, -1], "1")] {
                let text = message { try trainer(output, train: rows(labels)).train() }
                #expect(text.contains("row \(place)") && text.contains("label"), "\(text)")
            }
        }
    }

    @Test func anEmptyOutputFolderThatCannotBeWritten() throws {
        try withOutput { output in
            try Data().write(to: output)
            #expect(message { try trainer(output, train: rows([0, 1])).train() }.contains("cannot write"))
        }
    }

    @Test func aLossThatIsNoNumberStopsBeforeTheWeightsAreSpoilt() throws {
        withOutput { output in
            let model = Network()
            let before = bits(model)
            let data = TensorDataset(["input_ids": .full([4, 6], Double.nan), "labels": Tensor([0, 1, 2, 0])])
            let text = message {
                try trainer(output, model: model, train: data) {
                    $0.saveStrategy = .steps
                    $0.saveSteps = 1
                }.train()
            }
            #expect(text.contains("step 1") && text.contains("NaN") && text.contains("rows"), "\(text)")
            #expect(bits(model) == before)
            #expect(checkpoints(in: output).isEmpty)
        }
    }

    @Test func aLossThatIsNoNumberIsLeftOutOfTheLogWhereWanted() throws {
        final class Spoiler: Module, TrainableModel {
            @Child var layer = Linear(6, 3)
            func forward(_ inputs: Batch) throws -> ModelOutput {
                let loss = crossEntropy(layer(try inputs.require("input_ids")), try inputs.require(.labels))
                // The second step's loss is NaN, its gradient is not.
                return ModelOutput(loss: inputs.step?.globalStep == 1 ? loss + Double.nan : loss)
            }
        }
        try withOutput { output in
            let trainer = try Trainer(
                model: Spoiler(),
                arguments: TrainingArguments(outputDir: output.path) {
                    $0.onNonFiniteLoss = .continue
                    $0.loggingSteps = 2
                    $0.perDeviceTrainBatchSize = 2
                    $0.numTrainEpochs = 2
                    $0.disableTqdm = true
                    $0.useCpu = true
                }, trainDataset: rows([0, 1, 2, 0]))
            try trainer.train()
            let losses = trainer.state.logHistory.compactMap { $0["loss"]?.doubleValue }
            #expect(losses.count == 2 && losses.allSatisfy { $0.isFinite })
        }
    }

    @Test func whatLibtorchRefusesIsSaidWithTheStepAndItsRows() throws {
        withOutput { output in
            let wrong = TensorDataset(["input_ids": .zeros([2, 5]), "labels": Tensor([0, 1])])
            let text = message { try trainer(output, train: wrong).train() }
            #expect(text.contains("step 1 failed") && text.contains("rows"), "\(text)")
        }
    }

    @Test func aMetricThatEvaluationDoesNotGive() throws {
        withOutput { output in
            let text = message {
                try trainer(output, train: rows([0, 1]), eval: rows([0, 1])) {
                    $0.evalStrategy = .epoch
                    $0.metricForBestModel = "f1"
                }.train()
            }
            #expect(text.contains("f1") && text.contains("eval_loss"), "\(text)")
        }
    }

    @Test func aBatchWithoutLabels() throws {
        withOutput { output in
            let text = message { try trainer(output, train: TensorDataset(["input_ids": .zeros([2, 6])])).train() }
            #expect(text.contains("loss") && text.contains("labels"), "\(text)")
        }
    }

    /// The state is saved, and the run goes on from there with the same bits.
    @Test(arguments: [SIGINT, SIGTERM]) func anInterruptedRunGoesOn(signal: Int32) throws {
        final class Interrupter: TrainerCallback {
            let signal: Int32
            init(_ signal: Int32) { self.signal = signal }
            override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) {
                guard context.globalStep == 4 else { return }
                // To the process: threads of the tests hold signals back. It takes a moment.
                kill(getpid(), signal)
                usleep(200_000)
            }
        }
        let run = try PythonRun("dropout")
        let whole = try withOutput { output in
            let trainer = try run.trainer(output)
            try trainer.train()
            return bits(trainer.model)
        }
        try withOutput { output in
            let trainer = try run.trainer(output, callbacks: [Interrupter(signal)]) { $0.saveOnInterrupt = true }
            #expect {
                try trainer.train()
            } throws: { error in
                guard case TrainingError.interrupted(let got, let step, let checkpoint) = error else { return false }
                return got == signal && step == 4 && checkpoint?.hasSuffix("checkpoint-4") == true
            }
            let resumed = try run.trainer(output)
            try resumed.train(resumeFromCheckpoint: .latest)
            #expect(bits(resumed.model) == whole)
        }
    }

    /// What is due at an epoch's end comes before the stop, so the resumed run lacks nothing.
    @Test func anInterruptInTheLastStepOfAnEpochLosesNoEvaluation() throws {
        final class Interrupter: TrainerCallback {
            override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) {
                guard context.globalStep == 3 else { return }
                kill(getpid(), SIGINT)
                usleep(200_000)
            }
        }
        let run = try PythonRun("dropout")
        // A state that was read has its keys sorted.
        func records(_ trainer: Trainer) -> [String] {
            untimed(trainer.state.logHistory).filter { $0["train_loss"] == nil }.map {
                JSONValue.object($0).serialized(JSONFormat(sortKeys: true))
            }
        }
        func configure(_ arguments: inout TrainingArguments) {
            arguments.evalStrategy = .epoch
            arguments.loggingStrategy = .epoch
        }
        let whole = try withOutput { output in
            let trainer = try run.trainer(output) { configure(&$0) }
            try trainer.train()
            return (bits(trainer.model), records(trainer))
        }
        try withOutput { output in
            let trainer = try run.trainer(output, callbacks: [Interrupter()]) {
                configure(&$0)
                $0.saveOnInterrupt = true
            }
            #expect(throws: TrainingError.self) { try trainer.train() }
            #expect(trainer.state.logHistory.contains { $0["eval_loss"] != nil })
            let resumed = try run.trainer(output) { configure(&$0) }
            try resumed.train(resumeFromCheckpoint: .latest)
            #expect(bits(resumed.model) == whole.0)
            #expect(records(resumed) == whole.1)
        }
    }

    @Test func aTensorOperationThatFailsInACallbackEndsTheRun() throws {
        final class Wrong: TrainerCallback {
            override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) {
                _ = Tensor.zeros([2, 3]).matmul(Tensor.zeros([2, 3]))
            }
        }
        let run = try PythonRun("plain")
        try withOutput { output in
            let trainer = try run.trainer(output, callbacks: [Wrong()])
            #expect(throws: TorchError.self) { try trainer.train() }
        }
    }

    @Test func aWrongLabelInTheEvaluationDataIsSaidBeforeTheFirstStep() throws {
        withOutput { output in
            let text = message {
                try trainer(output, train: rows([0, 1]), eval: rows([0, 7])) { $0.evalStrategy = .epoch }.train()
            }
            #expect(text.contains("row 1") && text.contains("label is 7"), "\(text)")
        }
    }
}
