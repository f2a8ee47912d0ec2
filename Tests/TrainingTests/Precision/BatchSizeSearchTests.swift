import Foundation
import OrderedJSON
import Testing
import Torch
import Training

@Suite(.serialized) struct BatchSizeSearchTests {
    /// Runs out of memory for batches of more rows than fit.
    private final class Large: Module, TrainableModel {
        @Child var layer = Linear(6, 3)
        var fits = 3
        var sizes: [Int] = []

        func forward(_ inputs: Batch) throws -> ModelOutput {
            sizes.append(inputs.count)
            // More bytes than there are addresses.
            if inputs.count > fits { _ = Tensor.empty([1 << 46]) }
            let logits = layer(try inputs.require("input_ids"))
            return ModelOutput(loss: crossEntropy(logits, try inputs.require(.labels)), logits: logits)
        }
    }

    private func train(
        _ model: Large, _ output: URL, size: Int = 8, _ configure: (inout TrainingArguments) -> Void = { _ in }
    ) throws -> Trainer {
        let data = try PythonRun("plain").dataset()
        let trainer = try Trainer(
            model: model,
            arguments: TrainingArguments(outputDir: output.path) {
                $0.perDeviceTrainBatchSize = size
                $0.numTrainEpochs = 1
                $0.loggingSteps = 1
                $0.useCpu = true
                $0.disableTqdm = true
                $0.autoFindBatchSize = true
                $0.saveStrategy = .no
                configure(&$0)
            }, trainDataset: data, evalDataset: data)
        Warnings.send { _ in }
        try trainer.train()
        return trainer
    }

    @Test func ninetyPercentUntilItFits() throws {
        try withOutput { output in
            let model = Large()
            let trainer = try train(model, output)
            // 8, int(7.2), int(6.3), int(5.4), int(4.5), int(3.6), then ten rows by three.
            #expect(model.sizes == [8, 7, 6, 5, 4, 3, 3, 3, 1])
            #expect(trainer.state.globalStep == 4)
            #expect(trainer.state.maxSteps == 4)
            #expect(trainer.state.trainBatchSize == 3)
            #expect(trainer.state.logHistory.compactMap { $0["loss"] }.count == 4)
            #expect(trainer.arguments.perDeviceTrainBatchSize == 8)
        }
    }

    @Test func nothingFits() {
        withOutput { output in
            let model = Large()
            model.fits = 0
            let error = #expect(throws: TrainingError.self) { _ = try train(model, output, size: 2) }
            #expect(
                error?.description.hasPrefix(
                    "auto_find_batch_size: not even a batch of one row fits into memory (") == true)
            #expect(model.sizes == [2, 1])
        }
    }

    @Test func anEvaluationThatDoesNotFitIsSaid() {
        withOutput { output in
            let error = #expect(throws: TrainingError.self) {
                _ = try train(Large(), output, size: 3) {
                    $0.evalStrategy = .epoch
                    $0.perDeviceEvalBatchSize = 8
                }
            }
            #expect(error?.description.contains("lower per_device_eval_batch_size") == true)
        }
    }

    @Test func aResumedRunBeginsWithTheSizeThatFitted() throws {
        try withOutput { output in
            _ = try train(Large(), output) {
                $0.saveStrategy = .steps
                $0.saveSteps = 2
            }
            let model = Large()
            _ = try train(model, output) {
                $0.saveStrategy = .no
                $0.resumeFromCheckpoint = .folder(output.path + "/checkpoint-2")
            }
            #expect(model.sizes == [3, 1])
        }
    }

    @Test func withoutTheArgumentTheErrorStays() {
        withOutput { output in
            _ = #expect(throws: TorchError.self) { _ = try train(Large(), output) { $0.autoFindBatchSize = false } }
        }
    }
}
