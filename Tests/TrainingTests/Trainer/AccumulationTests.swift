import Foundation
import OrderedJSON
import Testing
import Training

/// How batches are made and split does not change what is learned.
@Suite(.serialized) struct AccumulationTests {
    /// The losses of a run, and its weights.
    private func train(
        _ name: String, model: Network? = nil, _ configure: (inout TrainingArguments) -> Void
    ) throws -> (losses: [Double], weights: [[Float]]) {
        let run = try PythonRun(name)
        return try withOutput { output in
            let trainer = try run.trainer(output, model: model) {
                $0.lossScaling = .mean
                configure(&$0)
            }
            try trainer.train()
            return (trainer.state.logHistory.compactMap { $0["loss"]?.doubleValue }, bits(trainer.model))
        }
    }

    /// Also where the model says that it counts labels itself: Python's Trainer would add the means up.
    @Test(arguments: [false, true]) func aGlobalBatchHasOneLossHoweverItIsSplit(acceptsLossCount: Bool) throws {
        let run = try PythonRun("plain")
        func split(_ size: Int, _ groups: Int) throws -> (losses: [Double], weights: [[Float]]) {
            let model = Network(acceptsLossCount: acceptsLossCount)
            try model.loadStateDict(run.tensors(under: "initial."))
            return try train("plain", model: model) {
                $0.perDeviceTrainBatchSize = size
                $0.gradientAccumulationSteps = groups
            }
        }
        let whole = try split(4, 1)
        for (size, groups) in [(1, 4), (2, 2)] {
            let parts = try split(size, groups)
            #expect(relativeDifference(parts.losses, whole.losses) < 1e-5)
            for (a, b) in zip(parts.weights, whole.weights) {
                #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 })
            }
        }
    }

    /// Labels of -100 count for nothing: batches with fewer labels weigh less.
    @Test func labelsThatCountDecideTheWeight() throws {
        final class Counting: Module, TrainableModel {
            @Child var layer = Linear(6, 3)
            func forward(_ inputs: Batch) throws -> ModelOutput {
                let labels = try inputs.require(.labels)
                let logits = layer(try inputs.require("input_ids"))
                return ModelOutput(loss: crossEntropy(logits, labels), logits: logits)
            }
            func lossWeight(_ inputs: Batch) -> Double { inputs[.labels]?.ne(-100).sum().item() ?? 0 }
        }
        let inputs = try #require(PythonRun("plain").tensors["input_ids"])
        let data = TensorDataset(["input_ids": inputs, "labels": Tensor([0, -100, 2, 1, -100, -100, 1, 0, 2, 1])])
        func train(_ size: Int, _ groups: Int) throws -> ([Double], [[Float]]) {
            try withOutput { output in
                manualSeed(1)
                let trainer = try Trainer(
                    model: Counting(),
                    arguments: TrainingArguments(outputDir: output.path) {
                        $0.perDeviceTrainBatchSize = size
                        $0.gradientAccumulationSteps = groups
                        $0.loggingSteps = 1
                        $0.learningRate = 0.01
                        $0.saveStrategy = .no
                        $0.disableTqdm = true
                        $0.useCpu = true
                    }, trainDataset: data)
                try trainer.train()
                return (trainer.state.logHistory.compactMap { $0["loss"]?.doubleValue }, bits(trainer.model))
            }
        }
        let (whole, parts) = (try train(10, 1), try train(5, 2))
        #expect(relativeDifference(parts.0, whole.0) < 1e-5)
        for (a, b) in zip(parts.1, whole.1) { #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 }) }
    }

    @Test(arguments: [1, 3]) func workersGiveTheSameBits(workers: Int) throws {
        let alone = try train("dropout") { _ in }
        let together = try train("dropout") {
            $0.dataloaderNumWorkers = workers
            $0.dataloaderPrefetchFactor = 2
        }
        #expect(alone.weights == together.weights && alone.losses == together.losses)
    }

    /// Batches made ahead are given up when the run ends within an epoch.
    @Test func workersMayBeLeftWithWorkUndone() throws {
        for _ in 0..<20 {
            let result = try train("plain") {
                $0.maxSteps = 1
                $0.dataloaderNumWorkers = 2
            }
            #expect(result.losses.count == 1)
        }
    }

    @Test func anErrorInAWorkerIsTheRuns() throws {
        struct Spoilt: Error {}
        try withOutput { output in
            let rows = Examples(
                Array(0..<10),
                collator: Collator { values, _ in
                    if values.contains(7) { throw Spoilt() }
                    return Batch([
                        ("input_ids", .zeros([values.count, 6])), (.labels, .zeros([values.count], dtype: .int64)),
                    ])
                })
            let trainer = try Trainer(
                model: Network(),
                arguments: TrainingArguments(outputDir: output.path) {
                    $0.dataloaderNumWorkers = 2
                    $0.perDeviceTrainBatchSize = 2
                    $0.disableTqdm = true
                    $0.useCpu = true
                }, trainDataset: rows)
            #expect(throws: Spoilt.self) { try trainer.train() }
        }
    }

    @Test func decaysWeightsAlone() throws {
        final class Normed: Module, TrainableModel {
            @Child var embedding = Embedding(4, 6)
            @Child("LayerNorm") var normalisation = LayerNorm([6])
            @Child("final_norm") var other = Linear(6, 6)
            @Child var fc = Linear(6, 3)
            func forward(_ inputs: Batch) throws -> ModelOutput { ModelOutput() }
        }
        try withOutput { output in
            let trainer = try Trainer(
                model: Normed(), arguments: TrainingArguments(outputDir: output.path) { $0.weightDecay = 0.1 })
            #expect(trainer.decayParameterNames() == ["embedding.weight", "fc.weight"])
            let groups = try trainer.createOptimizer().groups
            #expect(groups.map { $0.weightDecay } == [0.1, 0] && groups.map { $0.parameters.count } == [2, 5])
        }
    }
}
