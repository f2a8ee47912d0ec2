import Foundation
import Testing
import Training

/// Models that have nothing to do with texts.
@Suite(.serialized) struct OtherModelsTests {
    /// Convolutions, batch normalisation and pooling over images `[N, 1, 8, 8]`.
    final class ImageClassifier: Module, TrainableModel {
        @Child var first = Conv2d(1, 8, kernelSize: [3], padding: [1], bias: false)
        @Child var norm = BatchNorm2d(8)
        @Child var second = Conv2d(8, 16, kernelSize: [3], padding: [1])
        @Child var fc = Linear(16, 2)

        func forward(_ inputs: Batch) throws -> ModelOutput {
            var x = norm(first(try inputs.require("pixel_values"))).relu().maxPool2d(kernelSize: [2])
            x = second(x).relu().adaptiveAvgPool2d([1, 1]).flatten(startDim: 1)
            let logits = fc(x)
            return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
        }
    }

    /// Images with a bright horizontal or vertical bar.
    private func bars(_ count: Int) -> TensorDataset {
        var generator = SeededGenerator(state: 3)
        var pixels: [Float] = []
        for image in 0..<count {
            let place = Int.random(in: 0..<8, using: &generator)
            for row in 0..<8 {
                for column in 0..<8 {
                    let isLit = (image % 2 == 0 ? row : column) == place
                    pixels.append((isLit ? 1 : 0) + Float.random(in: -0.2...0.2, using: &generator))
                }
            }
        }
        return TensorDataset([
            "pixel_values": Tensor(pixels, shape: [count, 1, 8, 8]), "labels": Tensor((0..<count).map { $0 % 2 }),
        ])
    }

    @Test func imagesAsArrays() throws {
        try withOutput { output in
            let trainer = try Trainer(
                arguments: quietArguments(output) {
                    $0.numTrainEpochs = 12
                    $0.perDeviceTrainBatchSize = 16
                    $0.learningRate = 0.01
                    $0.evalStrategy = .epoch
                    $0.saveStrategy = .epoch
                    $0.loadBestModelAtEnd = true
                    $0.metricForBestModel = "accuracy"
                    $0.saveTotalLimit = 1
                }, trainDataset: bars(128), evalDataset: bars(64), modelInit: { ImageClassifier() },
                computeMetrics: { ["accuracy": accuracy($0.predictions.argmax(dim: -1), $0.labelIds)] })
            try trainer.train()
            #expect(trainer.state.bestMetric ?? 0 > 0.95)

            // Buffers are saved and come back.
            let saved = try Safetensors.load(output.appending(path: checkpoints(in: output)[0] + "/model.safetensors"))
            #expect(saved.names.contains("norm.running_mean") && saved.names.contains("norm.num_batches_tracked"))
            let fresh = ImageClassifier()
            try fresh.loadStateDict(saved)
            #expect(fresh.norm.runningVar.array(of: Float.self) != [Float](repeating: 1, count: 8))
        }
    }

    /// Ratings as products of two tables of vectors.
    final class Recommender: Module, TrainableModel {
        @Child var users: Embedding
        @Child var items: Embedding

        init(users: Int, items: Int, size: Int) {
            self.users = Embedding(users, size)
            self.items = Embedding(items, size)
        }

        func forward(_ inputs: Batch) throws -> ModelOutput {
            let (user, item) = (users(try inputs.require("user")), items(try inputs.require("item")))
            let ratings = (user * item).sum(dim: [-1])
            return ModelOutput(loss: inputs[.labels].map { mseLoss(ratings, $0) }, logits: ratings)
        }
    }

    @Test func matrixFactorisation() throws {
        try withOutput { output in
            let (users, items) = (12, 10)
            let pairs = (0..<users).flatMap { user in (0..<items).map { (user, $0) } }
            let ratings = pairs.map { Float(($0.0 % 3 - 1) * ($0.1 % 2 * 2 - 1)) }
            let data = TensorDataset([
                "user": Tensor(pairs.map { $0.0 }), "item": Tensor(pairs.map { $0.1 }), "labels": Tensor(ratings),
            ])
            let trainer = try Trainer(
                model: Recommender(users: users, items: items, size: 4),
                arguments: quietArguments(output) {
                    $0.numTrainEpochs = 60
                    $0.perDeviceTrainBatchSize = 20
                    $0.perDeviceEvalBatchSize = 50
                    $0.lrSchedulerType = .constant
                }, trainDataset: data, evalDataset: data,
                computeMetrics: { prediction in
                    let error = (prediction.predictions - prediction.labelIds).abs().mean().item()
                    return ["error": error]
                })
            try trainer.train()
            #expect(try trainer.evaluate()["eval_error"] ?? 1 < 0.05)
            let predicted = try trainer.predict(data).predictions?.array(of: Float.self) ?? []
            #expect(predicted.count == ratings.count)
        }
    }
}
