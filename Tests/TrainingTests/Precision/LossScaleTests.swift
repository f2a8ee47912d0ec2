import Foundation
import OrderedJSON
import Testing
import Training

/// Runs with a scaled loss; float16 itself needs a GPU, the scale does not.
@Suite(.serialized) struct LossScaleTests {
    /// A model whose gradients overflow in the steps that are told.
    private final class Overflowing: Module, TrainableModel {
        @Child var layer = Linear(6, 3)
        var overflows: Set<Int> = []

        func forward(_ inputs: Batch) throws -> ModelOutput {
            var logits = layer(try inputs.require("input_ids"))
            if overflows.contains(inputs.step?.globalStep ?? -1) { logits = logits * 1e30 * 1e8 }
            return ModelOutput(loss: crossEntropy(logits, try inputs.require(.labels)), logits: logits)
        }
    }

    private func trainer(
        _ output: URL, overflows: Set<Int>, scaler: GradScaler?, callbacks: [TrainerCallback] = [],
        _ configure: (inout TrainingArguments) -> Void = { _ in }
    ) throws -> Trainer {
        let run = try PythonRun("plain")
        manualSeed(4)
        let model = Overflowing()
        model.overflows = overflows
        let trainer = try Trainer(
            model: model,
            arguments: TrainingArguments(outputDir: output.path) {
                $0.perDeviceTrainBatchSize = 2
                $0.maxSteps = 6
                $0.learningRate = 0.01
                $0.loggingSteps = 1
                $0.saveStrategy = .no
                $0.useCpu = true
                $0.disableTqdm = true
                configure(&$0)
            }, trainDataset: try run.dataset(), callbacks: callbacks)
        trainer.gradScaler = scaler
        return trainer
    }

    private func rates(_ trainer: Trainer) -> [Double] {
        trainer.state.logHistory.compactMap { $0["learning_rate"]?.doubleValue }
    }

    @Test func aScaledRunLearnsTheSame() throws {
        try withOutput { output in
            let plain = try trainer(output, overflows: [], scaler: nil)
            try plain.train()
            let scaled = try trainer(output, overflows: [], scaler: GradScaler())
            try scaled.train()
            // A power of two changes no digit.
            #expect(bits(plain.model) == bits(scaled.model))
            #expect(untimed(plain.state.logHistory) == untimed(scaled.state.logHistory))
            #expect(scaled.gradScaler?.growthTracker == 6)
        }
    }

    @Test func anOverflowLeavesTheStepOutAndTheScheduleWaits() throws {
        final class Watch: TrainerCallback {
            var weights: [[[Float]]] = []
            override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) {
                weights.append(bits(context.model))
            }
        }
        try withOutput { output in
            let watch = Watch()
            let trainer = try trainer(
                output, overflows: [2], scaler: GradScaler(initialScale: 1024), callbacks: [watch])
            try trainer.train()
            #expect(trainer.state.globalStep == 6)
            #expect(watch.weights[1] == watch.weights[2])
            #expect(watch.weights[2] != watch.weights[3])
            #expect(trainer.gradScaler?.currentScale == 512)
            let sixth = 0.01 / 6
            let wanted = [6, 5, 4, 4, 3, 2].map { Double($0) * sixth }
            #expect(zip(rates(trainer), wanted).allSatisfy { abs($0 - $1) < 1e-12 })
            #expect(rates(trainer).count == 6)
            #expect(trainer.state.logHistory.allSatisfy { $0["loss"]?.doubleValue?.isFinite ?? true })
        }
    }

    /// Python's fused optimizer skips inside its kernel, and the schedule goes on.
    @Test func withReferenceNumericsTheFusedOptimizersScheduleGoesOn() throws {
        try withOutput { output in
            let trainer = try trainer(output, overflows: [2], scaler: GradScaler()) { $0.numerics = .reference }
            try trainer.train()
            #expect(abs((rates(trainer).last ?? 0) - 0.01 / 6) < 1e-12)
        }
    }

    @Test func scaleAndScheduleComeBackFromACheckpoint() throws {
        try withOutput { output in
            func run(_ steps: Int?) throws -> Trainer {
                let trainer = try trainer(output, overflows: [1, 4], scaler: GradScaler(initialScale: 2048)) {
                    $0.saveStrategy = .steps
                    $0.saveSteps = 3
                }
                if let steps {
                    try trainer.train(resumeFromCheckpoint: .folder(output.path + "/checkpoint-\(steps)"))
                } else {
                    try trainer.train()
                }
                return trainer
            }
            let whole = try run(nil)
            let file = output.appending(path: "checkpoint-3/scaler.pt")
            let saved = try TorchArchive.load(file)
            #expect(saved["scale"]?.doubleValue == 1024)
            #expect(saved["_growth_tracker"]?.intValue == 1)
            #expect(
                saved.dictionaryValue?.entries.compactMap { $0.key.stringValue }
                    == ["scale", "growth_factor", "backoff_factor", "growth_interval", "_growth_tracker"])
            let resumed = try run(3)
            #expect(bits(whole.model) == bits(resumed.model))
            #expect(rates(whole) == rates(resumed))
            #expect(whole.gradScaler?.state == resumed.gradScaler?.state)
        }
    }
}
