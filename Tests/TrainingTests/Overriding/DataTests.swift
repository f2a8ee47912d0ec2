import Foundation
import OrderedJSON
import Testing
import Training

@Suite(.serialized) struct DataTests {
    /// Notes the rows of each batch that reaches the model.
    final class Rows: Trainer {
        var rows: [[Int]] = []
        override func trainingStep(_ inputs: Batch, scale: LossScale) throws -> Tensor {
            rows.append(inputs.rows)
            return try super.trainingStep(inputs, scale: scale)
        }
    }

    struct Backwards: Sampler {
        let count: Int
        func rows(epoch: Int) -> [Int] { Array((0..<count).reversed().dropFirst(epoch)) }
    }

    @Test func aSamplerOfOnesOwn() throws {
        final class Reversed: Trainer {
            var rows: [[Int]] = []
            override func trainSampler(_ examples: Examples) throws -> any Sampler { Backwards(count: examples.count) }
            override func evalSampler(_ examples: Examples) throws -> any Sampler { Backwards(count: examples.count) }
            override func trainingStep(_ inputs: Batch, scale: LossScale) throws -> Tensor {
                rows.append(inputs.rows)
                return try super.trainingStep(inputs, scale: scale)
            }
        }
        try withOutput { output in
            let data = Points(6).dataset
            let trainer = try Reversed(
                model: PointModel(), arguments: quietArguments(output), trainDataset: data, evalDataset: data,
                computeMetrics: { prediction in
                    ["first": prediction.labelIds.array(of: Int.self).first.map { Double($0) } ?? -1]
                })
            try trainer.train()
            #expect(trainer.rows == [[5, 4, 3, 2], [1, 0], [4, 3, 2, 1], [0]])
            #expect(try trainer.evaluate()["eval_first"] == 1)
        }
    }

    /// Batches that no data set has.
    final class Generated: DataLoader {
        var batchCount: Int? { 6 }

        func batches(epoch: Int, skipping: Int) -> BatchIterator {
            var next = skipping
            return BatchIterator {
                guard next < 6 else { return nil }
                defer { next += 1 }
                let labels = (0..<4).map { ($0 + next + epoch) % 2 }
                let features = labels.flatMap { [Float](repeating: Float($0), count: 4) }
                return Batch([("features", Tensor(features, shape: [4, 4])), (.labels, Tensor(labels))])
            }
        }
    }

    @Test func aLoaderOfOnesOwn() throws {
        final class Endless: Trainer {
            override func trainDataLoader() throws -> any DataLoader { Generated() }
        }
        try withOutput { output in
            func trainer(_ resume: ResumeFromCheckpoint? = nil) throws -> Endless {
                try Endless(
                    arguments: quietArguments(output) {
                        $0.gradientAccumulationSteps = 4
                        $0.saveStrategy = .steps
                        $0.saveSteps = 1
                        $0.resumeFromCheckpoint = resume
                    }, modelInit: { PointModel() })
            }
            let whole = try trainer()
            try whole.train()
            #expect(whole.state.globalStep == 4)
            #expect(whole.state.maxSteps == 4)
            for step in 1...3 {
                let resumed = try trainer(.folder(output.path + "/checkpoint-\(step)"))
                try resumed.train()
                #expect(bits(resumed.model) == bits(whole.model), "from step \(step)")
            }
        }
    }

    @Test func aCollatorOfOnesOwn() throws {
        try withOutput { output in
            let points = Points()
            let rows = zip(points.features, points.labels).map { Point(features: $0, label: $1) }
            let trainer = try Trainer(
                model: PointModel(), arguments: quietArguments(output) { $0.dataloaderNumWorkers = 2 },
                dataCollator: Collator { points, _ in
                    Batch([
                        ("features", Tensor(points.flatMap { $0.features }, shape: [points.count, 4])),
                        (.labels, Tensor(points.map { $0.label })),
                    ])
                }, trainDataset: rows)
            try trainer.train()
            #expect(trainer.state.globalStep == 12)
            #expect((losses(trainer).last ?? 1) < (losses(trainer).first ?? 0))
        }
    }

    struct Point: Sendable {
        let features: [Float]
        let label: Int
    }

    @Test func aCallbackThatStops() throws {
        final class StopWhenGood: TrainerCallback {
            override func onLog(_ context: CallbackContext, logs: Metrics, control: inout TrainerControl) {
                if let loss = logs["loss"], loss < 0.6 { control.shouldTrainingStop = true }
            }
        }
        try withOutput { output in
            let trainer = try Trainer(
                model: PointModel(), arguments: quietArguments(output) { $0.numTrainEpochs = 100 },
                trainDataset: Points().dataset, callbacks: [StopWhenGood()])
            try trainer.train()
            #expect(trainer.state.globalStep < 600)
            #expect((losses(trainer).last ?? 1) < 0.6)
        }
    }

    @Test func evaluationAndSavingAreOverridable() throws {
        final class Own: Trainer {
            var calls: [String] = []
            override func evaluate(
                _ dataset: (any TrainerDataset)?, ignoreKeys: [String]?, metricKeyPrefix: String
            ) throws -> Metrics {
                calls.append("evaluate")
                return try super.evaluate(dataset, ignoreKeys: ignoreKeys, metricKeyPrefix: metricKeyPrefix)
            }
            override func evaluationLoop(
                _ dataLoader: any DataLoader, predictionLossOnly: Bool, keepsRows: Bool, ignoreKeys: [String]?,
                metricKeyPrefix: String
            ) throws -> EvaluationLoop.Output {
                calls.append("loop \(metricKeyPrefix)")
                return try super.evaluationLoop(
                    dataLoader, predictionLossOnly: predictionLossOnly, keepsRows: keepsRows, ignoreKeys: ignoreKeys,
                    metricKeyPrefix: metricKeyPrefix)
            }
            override func testDataLoader(_ examples: Examples) throws -> any DataLoader {
                calls.append("test")
                return try super.testDataLoader(examples)
            }
            override func additionalModelFiles() throws -> [(name: String, contents: Data)] {
                calls.append("files")
                return [("mine.txt", Data("mine".utf8))]
            }
        }
        try withOutput { output in
            let data = Points().dataset
            let trainer = try Own(
                model: PointModel(),
                arguments: quietArguments(output) {
                    $0.numTrainEpochs = 1
                    $0.evalStrategy = .epoch
                    $0.saveStrategy = .epoch
                }, trainDataset: data, evalDataset: data)
            try trainer.train()
            #expect(trainer.calls == ["evaluate", "loop eval", "files"])
            trainer.calls = []
            _ = try trainer.predict(data)
            try trainer.saveModel()
            #expect(trainer.calls == ["test", "loop test", "files"])
            for folder in [output, output.appending(path: "checkpoint-6")] {
                #expect(FileManager.default.fileExists(atPath: folder.appending(path: "mine.txt").path))
            }
        }
    }
}
