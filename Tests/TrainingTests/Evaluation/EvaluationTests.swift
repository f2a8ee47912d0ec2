import Foundation
import OrderedJSON
import Testing
import Training

/// Evaluation and prediction beside training.
@Suite(.serialized) struct EvaluationTests {
    /// Rows of different widths, one logit per place.
    private final class Widths: Module, TrainableModel {
        @Child var layer = Linear(1, 1)
        func forward(_ inputs: Batch) throws -> ModelOutput {
            let logits = try inputs.require("input_ids")
            let loss = inputs[.labels].map { _ in (logits * layer.weight).mean() }
            return ModelOutput(loss: loss, logits: logits)
        }
    }

    private func widths(_ rows: [[Float]]) -> Examples {
        Examples(
            rows,
            collator: Collator { rows, _ in
                let width = rows.map { $0.count }.max() ?? 0
                let padded = rows.map { $0 + [Float](repeating: 0, count: width - $0.count) }
                return Batch([("input_ids", Tensor(padded)), (.labels, Tensor(padded).gt(0).to(.int64))])
            })
    }

    @Test func joinsRowsPaddedWithMinusHundred() throws {
        try withOutput { output in
            var seen: [[Int]] = []
            let trainer = try Trainer(
                model: Widths(),
                arguments: TrainingArguments(outputDir: output.path) {
                    $0.perDeviceEvalBatchSize = 2
                    $0.disableTqdm = true
                    $0.useCpu = true
                    $0.includeForMetrics = [.inputs, .loss]
                },
                computeMetrics: { prediction in
                    seen = [
                        prediction.predictions.shape, prediction.labelIds.shape, prediction.inputs?.shape ?? [],
                        prediction.losses?.shape ?? [],
                    ]
                    return ["zeta": 1, "alpha": 2]
                })
            let result = try trainer.predict(widths([[1, 2, 3], [4], [5, 6], [7]]))
            #expect(result.predictions?.array(of: Float.self) == [1, 2, 3, 4, 0, 0, 5, 6, -100, 7, 0, -100])
            #expect(result.labelIds?.array(of: Int.self) == [1, 1, 1, 1, 0, 0, 1, 1, -100, 1, 0, -100])
            #expect(
                result.metrics.names == [
                    "test_loss", "test_zeta", "test_alpha", "test_runtime", "test_samples_per_second",
                    "test_steps_per_second",
                ])
            #expect(seen == [[4, 3], [4, 3], [4, 3], [4]])
            #expect(trainer.state.logHistory.isEmpty)
        }
    }

    @Test func theLossAloneKeepsNoPredictions() throws {
        let run = try PythonRun("plain")
        try withOutput { output in
            let trainer = try run.trainer(output) { $0.predictionLossOnly = true }
            let result = try trainer.predict(run.dataset())
            #expect(result.predictions == nil && result.labelIds == nil && result.metrics["test_loss"] != nil)
        }
    }

    @Test func weightsTheLossByRows() throws {
        let run = try PythonRun("plain")
        let rows = try run.dataset()
        try withOutput { output in
            func loss(_ batchSize: Int, _ numerics: Numerics) throws -> Double {
                let trainer = try run.trainer(output) {
                    $0.perDeviceEvalBatchSize = batchSize
                    $0.numerics = numerics
                }
                let metrics = try trainer.evaluate(rows)
                #expect(metrics.names.last == "epoch")
                return try #require(metrics["eval_loss"])
            }
            let whole = try loss(10, .reference)
            for size in [1, 3, 4, 7] {
                #expect(abs(try loss(size, .reference) - whole) < 1e-6)
                #expect(abs(try loss(size, .fast) - whole) < 1e-6)
            }
        }
    }

    @Test func leavesTheModelInItsMode() throws {
        let run = try PythonRun("dropout")
        try withOutput { output in
            let trainer = try run.trainer(output)
            try trainer.evaluate()
            #expect(trainer.model.training)
            trainer.model.eval()
            try trainer.evaluate()
            #expect(!trainer.model.training)
        }
    }

    @Test func predictsWithoutLabels() throws {
        let run = try PythonRun("plain")
        try withOutput { output in
            let trainer = try run.trainer(output)
            let inputs = try #require(run.tensors["input_ids"])
            let result = try trainer.predict(TensorDataset(["input_ids": inputs]))
            #expect(result.predictions?.shape == [10, 3])
            #expect(result.labelIds == nil && result.metrics["test_loss"] == nil)
        }
    }

    /// A callback may use the trainer while it is told of an event.
    @Test func aCallbackMayEvaluate() throws {
        final class Evaluator: TrainerCallback {
            weak var trainer: Trainer?
            var losses: [Double] = []
            override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) throws {
                guard let trainer, !trainer.control.shouldTrainingStop else { return }
                losses.append(try trainer.evaluate()["eval_loss"] ?? .nan)
                if context.globalStep == 3 { control.shouldTrainingStop = true }
            }
        }
        let run = try PythonRun("plain")
        try withOutput { output in
            let evaluator = Evaluator()
            let trainer = try run.trainer(output, callbacks: [evaluator])
            evaluator.trainer = trainer
            let result = try trainer.train()
            #expect(result.globalStep == 3 && evaluator.losses.count == 3)
            #expect(evaluator.losses.allSatisfy { $0.isFinite })
        }
    }
}
