import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Training

extension SmallModelTests {
    /// A checkpoint that Python's Trainer saved of a small BERT with dropout, after step 7 of 20 and so within an epoch of 10.
    @Suite(.enabled(if: Shared.folder != nil)) struct PythonCheckpointTests {
        private func trainer(_ folder: URL, _ golden: JSONValue, _ output: URL) throws -> Trainer {
            let ids = try #require(golden["data"]?["input_ids"]).matrix
            let labels = Tensor(try #require(golden["data"]?["labels"]).ints)
            func rows(_ count: Int) -> TensorDataset {
                TensorDataset([
                    "input_ids": ids[0..<count], "attention_mask": .ones([count, 10], dtype: .int64),
                    "labels": labels[0..<count],
                ])
            }
            Warnings.send { _ in }
            let arguments = TrainingArguments(outputDir: output.path) {
                $0.numTrainEpochs = 2
                $0.perDeviceTrainBatchSize = 4
                $0.learningRate = 1e-3
                $0.warmupSteps = 4
                $0.weightDecay = 0.01
                $0.loggingSteps = 1
                $0.evalStrategy = .epoch
                $0.saveSteps = 7
                $0.useCpu = true
                $0.disableTqdm = true
                $0.numerics = .reference
                $0.lossScaling = .python
            }
            return try Trainer(
                model: try AutoModelForSequenceClassification.fromPretrained(folder: folder.appending(path: "initial")),
                arguments: arguments, trainDataset: rows(40), evalDataset: rows(16))
        }

        private func series(_ log: [JSONValue], _ key: String) -> [Double] { log.compactMap { $0[key]?.doubleValue } }

        @Test func trainingGoesOnWithPythonsLosses() throws {
            let golden = try Shared.golden("python-checkpoint/runs.json")
            let folder = try #require(Shared.folder).appending(path: "golden/python-checkpoint")
            let want = try #require(golden["straight"]?["log_history"]?.arrayValue)
            let output = try temporaryFolder()
            defer { try? FileManager.default.removeItem(at: output) }

            let resumed = try trainer(folder, golden, output)
            try resumed.train(resumeFromCheckpoint: .folder(folder.appending(path: "checkpoint-7").path))
            try expectSame(resumed, want)

            // Our own run without a break, and one that goes on from our checkpoint at step 14, give the same.
            let whole = try trainer(folder, golden, output)
            try whole.train()
            try expectSame(whole, want)
            let again = try trainer(folder, golden, output)
            try again.train(resumeFromCheckpoint: .folder(output.path + "/checkpoint-14"))
            try expectSame(again, want)
        }

        private func expectSame(_ trainer: Trainer, _ want: [JSONValue]) throws {
            let got = trainer.state.logHistory.map { JSONValue.object($0) }
            #expect(series(got, "loss").count == 20)
            #expect(difference(series(got, "loss"), series(want, "loss")) < 1e-6)
            #expect(difference(series(got, "grad_norm"), series(want, "grad_norm")) < 1e-5)
            #expect(difference(series(got, "eval_loss"), series(want, "eval_loss")) < 1e-6)
            #expect(series(got, "learning_rate") == series(want, "learning_rate"))
        }
    }
}
