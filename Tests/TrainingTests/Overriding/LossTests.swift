import Foundation
import OrderedJSON
import Testing
import Training

@Suite(.serialized) struct LossTests {
    /// Weighs the second class three times as much, as a subclass would in Python.
    final class WeightedTrainer: Trainer {
        override func computeLoss(_ inputs: Batch) throws -> ModelOutput {
            var output = try model.forward(inputs)
            guard let logits = output.logits, let labels = inputs[.labels] else { return output }
            output.loss = crossEntropy(logits, labels, weight: Tensor([1.0, 3.0] as [Float]))
            return output
        }
    }

    @Test func aLossOfOnesOwnIsTrainedAndEvaluated() throws {
        try withOutput { output in
            let data = Points().dataset
            let arguments = quietArguments(output) { $0.evalStrategy = .epoch }
            manualSeed(1)
            let plain = try Trainer(
                model: PointModel(), arguments: arguments, trainDataset: data, evalDataset: data)
            manualSeed(1)
            let weighted = try WeightedTrainer(
                model: PointModel(), arguments: arguments, trainDataset: data, evalDataset: data)
            try plain.train()
            try weighted.train()
            #expect(losses(plain) != losses(weighted))
            #expect(try plain.evaluate()["eval_loss"] != weighted.evaluate()["eval_loss"])
            #expect((losses(weighted).last ?? 1) < (losses(weighted).first ?? 0))
        }
    }

    /// One loss however the step is split, from sums and the count of the whole step.
    @Test func aLossFunctionGetsTheStepsCount() throws {
        var points = Points(24)
        points = Points(features: points.features, labels: points.labels.enumerated().map { $0 % 5 == 0 ? -100 : $1 })
        func train(_ size: Int, _ groups: Int) throws -> (losses: [Double], counts: [Int?], weights: [[Float]]) {
            try withOutput { output in
                manualSeed(1)
                var counts: [Int?] = []
                let trainer = try Trainer(
                    model: PointModel(),
                    arguments: quietArguments(output) {
                        $0.perDeviceTrainBatchSize = size
                        $0.gradientAccumulationSteps = groups
                    }, trainDataset: points.dataset,
                    computeLossFunc: { outputs, labels, count in
                        counts.append(count)
                        let sum = crossEntropy(try #require(outputs.logits), try #require(labels), reduction: .sum)
                        #expect(outputs.loss == nil)
                        return sum / Double(try #require(count))
                    })
                try trainer.train()
                return (losses(trainer), counts, bits(trainer.model))
            }
        }
        let whole = try train(8, 1)
        let parts = try train(2, 4)
        #expect(relativeDifference(parts.losses, whole.losses) < 1e-5)
        #expect(parts.counts.enumerated().filter { $0.offset % 4 == 0 }.map { $0.element } == whole.counts)
        for (a, b) in zip(parts.weights, whole.weights) { #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 }) }
    }

    /// A subclass says whether its loss is normalised over the step already.
    @Test func aSubclassSaysHowItsLossIsScaled() throws {
        final class Summed: Trainer {
            override var lossIsScaledForAccumulation: Bool? { true }
        }
        final class Divided: Trainer {
            override var lossIsScaledForAccumulation: Bool? { false }
        }
        func first(_ make: (TrainingArguments) throws -> Trainer) throws -> Double {
            try withOutput { output in
                manualSeed(1)
                let trainer = try make(
                    quietArguments(output) {
                        $0.gradientAccumulationSteps = 3
                        $0.maxSteps = 1
                        $0.lossScaling = .python
                    })
                try trainer.train()
                return try #require(losses(trainer).first)
            }
        }
        let data = Points().dataset
        let plain = try first { try Trainer(model: PointModel(), arguments: $0, trainDataset: data) }
        let summed = try first { try Summed(model: PointModel(), arguments: $0, trainDataset: data) }
        let divided = try first { try Divided(model: PointModel(), arguments: $0, trainDataset: data) }
        #expect(abs(summed - 3 * plain) < 1e-5)
        #expect(abs(divided - plain) < 1e-6)
    }

    /// Several outputs: each has its loss, and evaluation sees the first.
    @Test func aModelWithSeveralOutputs() throws {
        final class TwoHeads: Module, TrainableModel {
            @Child var body = Linear(4, 8)
            @Child var label = Linear(8, 2)
            @Child var size = Linear(8, 1)

            func forward(_ inputs: Batch) throws -> ModelOutput {
                let features = try inputs.require("features")
                let hidden = body(features).tanh()
                let (logits, size) = (label(hidden), size(hidden).squeeze(-1))
                var loss: Tensor?
                if let labels = inputs[.labels] {
                    loss = crossEntropy(logits, labels) + mseLoss(size, features.sum(dim: [-1]))
                }
                return ModelOutput(loss: loss, logits: logits, others: [("size", size)])
            }
        }
        try withOutput { output in
            let data = Points().dataset
            let trainer = try Trainer(
                model: TwoHeads(), arguments: quietArguments(output) { $0.numTrainEpochs = 20 }, trainDataset: data,
                evalDataset: data,
                computeMetrics: { ["accuracy": accuracy($0.predictions.argmax(dim: -1), $0.labelIds)] })
            try trainer.train()
            let found = losses(trainer)
            #expect((found.last ?? 1) < 0.3 * (found.first ?? 0))
            #expect(try trainer.evaluate()["eval_accuracy"] == 1)
        }
    }
}

extension Points {
    init(features: [[Float]], labels: [Int]) {
        self.features = features
        self.labels = labels
    }
}
